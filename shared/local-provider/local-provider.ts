import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { OptionError } from "../options/option-error.ts";
import { integer, oneOf } from "../options/option-kind.ts";
import { toMetadata } from "./client-metadata.ts";
import { sendOverLoopback } from "./loopback-request.ts";
import { People, type Person } from "./people.ts";
import type { ProviderClient } from "./provider-client.ts";
import { ProviderServer } from "./provider-server.ts";
import { type SigningAlgorithm, SigningKeys } from "./signing-keys.ts";

/** Options of the local provider. */
export interface LocalProviderOptions {
  /** People who can sign in, or the path of a JSON file with an array of them, read again at each sign-in. */
  readonly people: readonly Person[] | string;
  /** Applications that may sign people in. */
  readonly clients: readonly ProviderClient[];
  /** Port to listen on. Default: 0, any free port. */
  readonly port?: number;
  /**
   * Path of a file that keeps the signing keys from one start to the next. Default: new keys at each start.
   */
  readonly keysFile?: string;
  /** Algorithm of the signatures. Default: RS256, as most providers use. */
  readonly algorithm?: SigningAlgorithm;
  /** Seconds until an access token expires. Default: 3600. */
  readonly accessTokenLifetime?: number;
  /**
   * Delivers a logout token and returns the status of the response, instead of a request to this machine.
   * `body` is the form with the parameter `logout_token`. Tests call their handler here.
   */
  readonly deliver?: (uri: string, body: string) => Promise<number>;
  /**
   * Called with a sentence for the developer, such as about a logout that was not delivered. Default: none.
   */
  readonly onProblem?: (sentence: string) => void;
}

/** Running local provider. */
export interface LocalProvider {
  /** Address and issuer identifier, such as `http://127.0.0.1:3001`. */
  readonly issuer: string;
  /** Creates a key that signs from now on. The previous one stays published. */
  rotateKeys(): Promise<void>;
  /** Ends all sign-ins of a person at the provider, and informs each application by its back channel. */
  signOutEverywhere(personId: string): Promise<void>;
  /** Stops the server immediately. Sessions, codes and tokens are lost. */
  close(): Promise<void>;
}

const LIFETIME = integer(1, 31_536_000, "seconds");
const PORT = integer(0, 65_535);
const ALGORITHM = oneOf(["RS256", "ES256"]);

/**
 * Starts an OpenID provider on this machine, for the local run and for tests. It asks for no password. It
 * listens on 127.0.0.1 alone and sends nothing to another machine. Its time is `Date.now()`, which
 * oidc-provider reads itself.
 *
 * @throws OptionError for an invalid option
 * @throws Error if oidc-provider is not installed or the port is in use (its `code` is then EADDRINUSE)
 */
export async function startLocalProvider(options: LocalProviderOptions): Promise<LocalProvider> {
  const { algorithm = "RS256", port = 0, accessTokenLifetime = 3600, keysFile, onProblem } = options;
  if (!PORT.includes(port)) throw new OptionError("port", `must be ${PORT.allowed}`);
  if (!LIFETIME.includes(accessTokenLifetime))
    throw new OptionError("accessTokenLifetime", `must be ${LIFETIME.allowed}`);
  if (!ALGORITHM.includes(algorithm)) throw new OptionError("algorithm", `must be ${ALGORITHM.allowed}`);
  const people = new People(options.people);
  const reachesAll = options.deliver !== undefined;
  const clients = options.clients.map((client) => toMetadata(client, algorithm, reachesAll));
  const module = await loadModule();
  const keys = new SigningKeys(algorithm, keysFile);
  const deliver = options.deliver ?? deliverOverLoopback;
  const cookieKey = randomBytes(32).toString("base64url");
  await Promise.all([keys.load(), people.read().catch(({ message }: Error) => onProblem?.(message))]);
  const server = createServer();
  const parts = {
    people,
    clients,
    keys,
    cookieKey,
    accessTokenLifetime,
    deliver,
    onProblem: onProblem ?? (() => {}),
  };
  const provider = new ProviderServer(module, { ...parts, port: await listen(server, port) });
  server.on("request", (request, response) => provider.handle(request, response));
  return {
    issuer: provider.issuer,
    rotateKeys: () => provider.rotateKeys(),
    signOutEverywhere: (personId) => provider.signOutEverywhere(personId),
    close: () => close(server),
  };
}

async function loadModule() {
  try {
    return await import("oidc-provider");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    const remedy = "Install it with: npm install --save-dev oidc-provider@9";
    throw new Error(`The local provider needs the package oidc-provider. ${remedy}`, { cause });
  }
}

async function deliverOverLoopback(url: string, body: string): Promise<number> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return (await sendOverLoopback({ method: "POST", url, headers, body })).status;
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
