// Declares the peers' types that the benchmark uses, so that the type check does not need the peers
// installed.

declare module "cookie-session" {
  export interface Options {
    readonly keys: readonly string[];
    readonly secure: boolean;
    readonly sameSite: "lax";
  }
  export type Middleware<S> = (request: { session: S }, response: object, next: () => void) => void;
  export default function cookieSession<S>(options: Options): Middleware<S>;
}

declare module "cookie-signature" {
  export function sign(value: string, secret: string): string;
  export function unsign(value: string, secret: string): string | false;
}

declare module "@fastify/secure-session" {
  const plugin: unique symbol;
  export default plugin;
}

declare module "fastify" {
  export interface SecureSession {
    get(key: string): unknown;
    set(key: string, value: unknown): void;
  }
  export interface App {
    register(plugin: symbol, options: { key: Buffer; expiry: number; cookieName: string }): void;
    ready(): Promise<void>;
    createSecureSession(data: object): SecureSession;
    decodeSecureSession(cookie: string | undefined): SecureSession | null;
    encodeSecureSession(session: SecureSession): string;
    parseCookie(header: string): Record<string, string | undefined>;
    serializeCookie(name: string, value: string, attributes: object): string;
  }
  export default function fastify(): App;
}

declare module "iron-session" {
  export interface CookieJar {
    read(name: string): string | undefined;
  }
  export interface Options {
    readonly cookieName: string;
    readonly password: string;
    readonly ttl: number;
  }
  export function nodeCookies(request: object, response: object): CookieJar;
  export function getIronSession<D extends object>(
    cookies: CookieJar,
    options: Options,
  ): Promise<D & { save(): Promise<void> }>;
}

declare module "react-router" {
  export interface Session<D> {
    get<K extends keyof D>(key: K): D[K] | undefined;
    set<K extends keyof D>(key: K, value: D[K]): void;
  }
  export interface Storage<D> {
    getSession(header?: string): Promise<Session<D>>;
    commitSession(session: Session<D>): Promise<string>;
  }
  export function createCookieSessionStorage<D>(options: { cookie: object }): Storage<D>;
}

declare module "@aws-sdk/client-secrets-manager" {
  export class GetSecretValueCommand {
    constructor(input: { SecretId: string | undefined });
  }
  export class SecretsManagerClient {
    send(command: GetSecretValueCommand): Promise<{ SecretString?: string }>;
  }
}

declare module "express-session" {
  export interface SessionData {
    [key: string]: unknown;
    user?: { readonly id: string; readonly name: string };
    regenerate(callback: (error?: unknown) => void): void;
    destroy(callback: (error?: unknown) => void): void;
  }
  export interface Request {
    readonly url: string;
    readonly headers: { readonly cookie: string | undefined };
    readonly connection: object;
    session?: SessionData;
  }
  export interface Options {
    readonly resave: boolean;
    readonly saveUninitialized: boolean;
    readonly rolling?: boolean;
  }
  export type Middleware = (request: Request, response: object, next: (error?: unknown) => void) => void;
  export default function session(options: Options & { store: object; secret: string }): Middleware;
}

declare module "connect-dynamodb" {
  import type session from "express-session";
  export default function connect(
    middleware: typeof session,
  ): new (options: {
    table: string;
    hashKey: string;
  }) => object;
}

declare module "express" {
  import type { Middleware, Request } from "express-session";
  export interface Response {
    json(body: object): void;
  }
  export interface App {
    use(middleware: Middleware): void;
    get(
      path: string,
      handle: (request: Request & Required<Pick<Request, "session">>, response: Response) => void,
    ): void;
  }
  export default function express(): App;
}

declare module "serverless-http" {
  import type { APIGatewayProxyEventV2 } from "aws-lambda";
  import type { App } from "express";
  export default function serverless(
    app: App,
  ): (event: APIGatewayProxyEventV2, context?: object) => Promise<unknown>;
}
