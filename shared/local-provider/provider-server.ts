import type { IncomingMessage, ServerResponse } from "node:http";
import type * as oidcProvider from "oidc-provider";
import type Provider from "oidc-provider";
import type { ClientMetadata } from "oidc-provider";
import { MemoryStorage } from "./memory-storage.ts";
import { headersOf, renderPage } from "./pages/provider-page.ts";
import { sendPage } from "./pages/send-page.ts";
import { renderProblem, renderStart } from "./pages/sign-out-pages.ts";
import type { People } from "./people.ts";
import { configure } from "./provider-configuration.ts";
import { interact, readForm } from "./sign-in-interaction.ts";
import { type DeliveryFailure, signOutEverywhere } from "./sign-out-everywhere.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Parts of a provider, checked. */
export interface ProviderParts {
  readonly people: People;
  readonly clients: readonly ClientMetadata[];
  readonly keys: SigningKeys;
  readonly cookieKey: string;
  readonly port: number;
  readonly accessTokenLifetime: number;
  readonly deliver: (uri: string, body: string) => Promise<number>;
  readonly onProblem: (sentence: string) => void;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type Context = oidcProvider.KoaContextWithOIDC;

/**
 * oidc-provider behind one address. It takes keys and names of claims at its construction only, so another
 * one with the same storage replaces it when they change.
 */
export class ProviderServer {
  readonly issuer: string;
  readonly #module: typeof oidcProvider;
  readonly #parts: ProviderParts;
  readonly #storage: MemoryStorage;
  #provider!: Provider;
  #answer!: Handler;
  #claimNames = "";

  constructor(module: typeof oidcProvider, parts: ProviderParts) {
    this.issuer = `http://127.0.0.1:${parts.port}`;
    this.#module = module;
    this.#parts = parts;
    this.#storage = new MemoryStorage(() => {
      throw new module.errors.InvalidGrant("it was used already");
    });
    this.#build();
  }

  /**
   * Answers a request. Refuses another host name than the issuer's: a page may have rebound it (DNS
   * rebinding).
   */
  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.host === new URL(this.issuer).host) return void this.#answer(request, response);
    const page = renderProblem(`The address of the local provider is ${this.issuer}.`);
    // The response waits for the whole body: closing a connection with unread bytes discards the response.
    request.resume().once("end", () => response.writeHead(421, headersOf(page)).end(renderPage(page)));
  }

  /** Creates a key that signs from now on. */
  async rotateKeys(): Promise<void> {
    await this.#parts.keys.rotate();
    this.#build();
  }

  /** Ends all sessions of a person, and reports the applications that do not accept it. */
  async signOutEverywhere(personId: string): Promise<void> {
    const results = await signOutEverywhere(this.#provider, this.#storage, personId);
    for (const result of results) if (result) this.#reportFailure(result);
  }

  #build(): void {
    const { people, keys, onProblem, ...parts } = this.#parts;
    const configuration = { ...parts, people, keys: keys.all, storage: this.#storage };
    const provider = new this.#module.Provider(this.issuer, configure(this.#module, configuration));
    provider.silent = true;
    provider.on("session.destroyed", ({ uid }) => this.#storage.endSession(uid));
    provider.on("server_error", (_ctx, error) => onProblem(`The local provider failed: ${error.message}`));
    provider.on("backchannel.error", (_ctx, error, { backchannelLogoutUri: uri = "" }) =>
      this.#reportFailure({ uri, reason: error.message }),
    );
    provider.use((ctx, next) => this.#route(ctx as Context, next));
    this.#provider = provider;
    this.#answer = provider.callback() as Handler;
    this.#claimNames = people.claimNames.join();
  }

  /** Answers the requests to pages of our own; oidc-provider answers all others. */
  async #route(ctx: Context, next: () => Promise<unknown>): Promise<unknown> {
    const { people, onProblem } = this.#parts;
    if (ctx.path === "/") return this.#start(ctx);
    if (!ctx.path.startsWith("/interaction/")) return next();
    await interact(this.#provider, people, ctx, onProblem);
    if (people.claimNames.join() !== this.#claimNames) this.#build();
  }

  async #start(ctx: Context): Promise<void> {
    const { people, onProblem } = this.#parts;
    const known = await people.read().catch((error: Error) => error);
    if (known instanceof Error) {
      onProblem(known.message);
      return sendPage(ctx, renderProblem(`${known.message}.`), 500);
    }
    // Another site's page must not sign people out.
    const isOwn = [undefined, this.issuer].includes(ctx.get("origin") || undefined);
    const form = ctx.method === "POST" && isOwn ? await readForm(ctx.req) : new URLSearchParams();
    const person = known.find(({ id }) => id === form.get("signOut"));
    if (person) await this.signOutEverywhere(person.id);
    const done = person && `${person.name} is signed out of the provider in every browser.`;
    sendPage(ctx, renderStart(known, people.file, done));
  }

  #reportFailure({ uri, reason }: NonNullable<DeliveryFailure>): void {
    this.#parts.onProblem(`A sign-out at the local provider did not reach ${uri}: ${reason}.`);
  }
}
