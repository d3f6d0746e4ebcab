import * as client from "openid-client";
import { onTestFinished, vi } from "vitest";
import {
  type ApplicationRequest,
  type LocalProvider,
  type LocalProviderOptions,
  type Person,
  ProviderVisitor,
  startLocalProvider,
} from "../../../shared/local-provider.ts";

/** Origin of the application of the tests. */
export const ORIGIN = "http://localhost:3000";

/** Redirect URI of the application of the tests. */
export const CALLBACK = `${ORIGIN}/sign-in/callback`;

/** People of the tests. */
export const PEOPLE: readonly Person[] = [
  { id: "ada", name: "Ada", email: "ada@people.example" },
  { id: "grace", name: "Grace", email: "grace@people.example", secondFactor: true },
];

const SECRET = "a client secret of the tests";

/** Application that signs people in with openid-client at a local provider, until the test ends. */
export class RelyingParty {
  readonly provider: LocalProvider;
  readonly configuration: client.Configuration;
  readonly visitor: ProviderVisitor = new ProviderVisitor();

  constructor(provider: LocalProvider, configuration: client.Configuration) {
    this.provider = provider;
    this.configuration = configuration;
  }

  /** Starts a provider with one client. The time of this process stands still until the test ends. */
  static async start(options: Partial<LocalProviderOptions> = {}): Promise<RelyingParty> {
    passTime(0);
    const clients = [{ clientId: "app", clientSecret: SECRET, origins: [ORIGIN] }];
    const provider = await startLocalProvider({ people: PEOPLE, clients, algorithm: "ES256", ...options });
    onTestFinished(() => provider.close());
    const configuration = await client.discovery(new URL(provider.issuer), "app", SECRET, undefined, {
      execute: [client.allowInsecureRequests],
    });
    return new RelyingParty(provider, configuration);
  }

  /** Returns the URL of an authorization request. */
  async authorizationUrl(parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const code_challenge = await client.calculatePKCECodeChallenge(VERIFIER);
    return client.buildAuthorizationUrl(this.configuration, {
      redirect_uri: CALLBACK,
      scope: "openid profile email",
      code_challenge,
      code_challenge_method: "S256",
      state: "a state",
      nonce: "a nonce",
      ...parameters,
    }).href;
  }

  /** Signs in as a person and exchanges the code. */
  async signIn(person: string, parameters: Readonly<Record<string, string>> = {}) {
    return this.exchange(await this.visitor.signInAs(person, await this.authorizationUrl(parameters)));
  }

  /** Exchanges the code that the provider sent, as openid-client does with all its checks. */
  async exchange({ url, form, method }: ApplicationRequest) {
    const request = form ? new Request(url, { method, body: new URLSearchParams(form) }) : new URL(url);
    return client.authorizationCodeGrant(this.configuration, request, {
      pkceCodeVerifier: VERIFIER,
      expectedState: "a state",
      expectedNonce: "a nonce",
    });
  }

  /** Refreshes tokens with a refresh token. */
  async refresh(token: string | undefined) {
    return client.refreshTokenGrant(this.configuration, token ?? "");
  }
}

const VERIFIER = "a-code-verifier-of-the-tests-with-43-characters";

/** Lets the time of this process pass, in seconds. From the first call on, it stands still in between. */
export function passTime(seconds: number): void {
  if (!vi.isFakeTimers()) {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
  }
  vi.setSystemTime(Date.now() + seconds * 1000);
}
