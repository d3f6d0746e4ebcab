import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT, UnsecuredJWT } from "jose";
import type { Clock } from "../../../shared/testing/clock.ts";

/** Endpoints of the provider whose responses a test can replace. */
export type Endpoint = "discovery" | "keys" | "token";

/** Writes a response in place of the provider's own. */
export type Responder = (response: ServerResponse, request: IncomingMessage) => void;

/** Makes an ID token of its claims. */
export type Signer = (claims: Record<string, unknown>, provider: HostileProvider) => Promise<string> | string;

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];

interface Grant {
  readonly parameters: URLSearchParams;
  readonly sub: string;
}

const CLIENT_SECRET = "the secret of the client, for tests";

/**
 * OpenID provider on a loopback address that does what a test asks for, including what no provider should do.
 */
export class HostileProvider {
  static readonly clientId = "client-1";
  readonly clock: Clock;
  issuer = "";
  /** Replaces members of the metadata; `undefined` removes one. */
  metadata: Record<string, unknown> = {};
  /** Replaces claims of the next ID tokens; `undefined` removes one. */
  claims: Record<string, unknown> = {};
  /** Replaces members of the responses of the token endpoint. */
  tokens: Record<string, unknown> = {};
  /** Secret that the provider accepts; `undefined` for a public client. */
  clientSecret: string | undefined = CLIENT_SECRET;
  /** Status of the response to a client that the provider rejects. */
  rejectionStatus = 401;
  /** Account of the visitor at the provider. */
  sub = "u-1";
  readonly responders: Partial<Record<Endpoint, Responder>> = {};
  /** Numbers of requests by endpoint. */
  readonly requests: Record<Endpoint, number> = { discovery: 0, keys: 0, token: 0 };
  /** Values of the header Authorization, and the bodies, that the token endpoint received. */
  readonly received: { authorization: string | undefined; body: URLSearchParams }[] = [];
  sign: Signer = (claims, provider) => provider.signWith(claims);
  readonly #server: Server;
  readonly #grants = new Map<string, Grant>();
  #keyId = 0;
  #key!: PrivateKey;
  #jwks: Record<string, unknown>[] = [];

  private constructor(clock: Clock) {
    this.clock = clock;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(clock: Clock): Promise<HostileProvider> {
    const provider = new HostileProvider(clock);
    await provider.rotateKeys();
    provider.#server.listen(0, "127.0.0.1");
    await once(provider.#server, "listening");
    provider.issuer = `http://127.0.0.1:${(provider.#server.address() as AddressInfo).port}`;
    return provider;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Replaces the signing key by a new one, and publishes only that. */
  async rotateKeys(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    this.#keyId += 1;
    this.#key = privateKey;
    this.#jwks = [{ ...(await exportJWK(publicKey)), kid: `key-${this.#keyId}`, alg: "ES256", use: "sig" }];
  }

  /** Returns an ID token with the provider's key. */
  signWith(
    claims: Record<string, unknown>,
    header: Partial<JWTHeaderParameters> = {},
    key: PrivateKey | Uint8Array = this.#key,
  ): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", kid: `key-${this.#keyId}`, ...header })
      .sign(key);
  }

  /** Returns an ID token without a signature. */
  static unsigned(claims: Record<string, unknown>): string {
    return new UnsecuredJWT(claims).encode();
  }

  /** Signs the visitor in at the authorization endpoint, and returns the parameters of its response. */
  authorize(location: string, sub = this.sub): Record<string, string> {
    const url = new URL(location);
    if (url.origin + url.pathname !== `${this.issuer}/authorize`) throw new Error("another endpoint");
    const code = `code-${this.#grants.size}-${Math.random()}`;
    this.#grants.set(code, { parameters: url.searchParams, sub });
    return { code, state: url.searchParams.get("state") ?? "", iss: this.issuer };
  }

  get nowSeconds(): number {
    return Math.floor(this.clock.seconds);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const endpoint = ENDPOINTS[request.url ?? ""];
    if (endpoint === undefined) return void response.writeHead(404).end();
    this.requests[endpoint] += 1;
    const responder = this.responders[endpoint];
    if (responder !== undefined) return responder(response, request);
    if (endpoint === "discovery") return sendJson(response, 200, this.#metadata());
    if (endpoint === "keys") return sendJson(response, 200, { keys: this.#jwks });
    const body = new URLSearchParams(await readText(request));
    const { authorization } = request.headers;
    this.received.push({ authorization, body });
    const [status, result] = await this.#exchange(body, authorization);
    sendJson(response, status, result);
  }

  #metadata(): Record<string, unknown> {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      end_session_endpoint: `${issuer}/end`,
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
      id_token_signing_alg_values_supported: ["ES256"],
      authorization_response_iss_parameter_supported: true,
      claims_supported: ["sub", "auth_time"],
      ...this.metadata,
    };
  }

  async #exchange(body: URLSearchParams, authorization?: string): Promise<[number, object]> {
    if (!this.#authenticates(body, authorization)) return [this.rejectionStatus, { error: "invalid_client" }];
    const grant = this.#grants.get(body.get("code") ?? "");
    this.#grants.delete(body.get("code") ?? "");
    if (grant === undefined || !(await isOfChallenge(grant, body))) return [400, { error: "invalid_grant" }];
    const claims = {
      iss: this.issuer,
      sub: grant.sub,
      aud: HostileProvider.clientId,
      nonce: grant.parameters.get("nonce") ?? undefined,
      iat: this.nowSeconds,
      exp: this.nowSeconds + 300,
      auth_time: this.nowSeconds,
      name: "Ada",
      ...this.claims,
    };
    const tokens = { access_token: "access-token-of-tests", token_type: "Bearer", expires_in: 300 };
    return [
      200,
      { ...tokens, id_token: await this.sign(JSON.parse(JSON.stringify(claims)), this), ...this.tokens },
    ];
  }

  #authenticates(body: URLSearchParams, authorization?: string): boolean {
    if (body.get("client_id") === HostileProvider.clientId && authorization === undefined)
      return (body.get("client_secret") ?? undefined) === this.clientSecret;
    const pair = Buffer.from(authorization?.slice("Basic ".length) ?? "", "base64")
      .toString()
      .split(":");
    const [id, secret] = pair.map((part) => decodeURIComponent(part.replaceAll("+", " ")));
    return id === HostileProvider.clientId && secret === this.clientSecret;
  }
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/.well-known/openid-configuration": "discovery",
  "/keys": "keys",
  "/token": "token",
};

async function isOfChallenge({ parameters }: Grant, body: URLSearchParams): Promise<boolean> {
  const verifier = new TextEncoder().encode(body.get("code_verifier") ?? "");
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", verifier)).toString("base64url");
  return (
    parameters.get("code_challenge_method") === "S256" &&
    digest === parameters.get("code_challenge") &&
    body.get("redirect_uri") === parameters.get("redirect_uri")
  );
}

/** Sends JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
