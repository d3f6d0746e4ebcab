import type { FunctionFile } from "./routes.ts";

/**
 * Address of an HTTP service, in which `{name}` is a variable of the route's path. Everybody who can reach
 * the service can send it the headers in which it receives the user.
 */
export type ServiceUrl = `https://${string}`;

/** Address of the same service on this machine. */
export type LocalUrl = `http://localhost:${string}` | `http://127.0.0.1:${string}`;

/** File of the function that opens the session for `authorized`. It exists only if a route asks for it. */
export const AUTHORIZER: FunctionFile = "functions/authorizer.ts";

/** Target that receives only requests which the authorizer allows. */
export interface AuthorizedTarget {
  readonly target: FunctionFile | ServiceUrl;
  /** Address to which the local run sends the requests for a service instead. */
  readonly local?: LocalUrl | undefined;
  /**
   * Name of a secret in Secrets Manager, whose value a service receives in `x-api-key`, so that it can refuse
   * all other requests. Deploy again with another name when the value has changed.
   */
  readonly secret?: string | undefined;
  /**
   * True if a service may receive the tokens of clients without cookies, with which it could act as the user.
   * Default: false.
   */
  readonly receivesTokens?: boolean | undefined;
}

/** Target of a route. */
export type Target = FunctionFile | AuthorizedTarget;

/**
 * Returns the target of a route for users who are signed in. The function `functions/authorizer.ts` opens the
 * session and denies other visitors; see node_modules/lambda-sessions/docs/authorizer.md.
 *
 * - A function finds the user in `event.requestContext.authorizer.lambda`.
 * - An HTTP service receives the user in the headers `x-user-id`, `x-session-id` and `x-user-claims`, which
 *   no client can set, and no cookies.
 *
 * @throws TypeError for an address that is none of a service, and for a wrong option
 */
export function authorized(
  target: FunctionFile | ServiceUrl,
  options: Omit<AuthorizedTarget, "target"> = {},
): AuthorizedTarget {
  const { local, secret } = options;
  if (isUrl(target)) checkUrl(target);
  else if (Object.keys(options).length > 0)
    throw new TypeError(
      `${target} is a function, and the options of authorized are for services: remove them`,
    );
  if (local !== undefined && !/^http:\/\/(localhost|127\.0\.0\.1):\d+(\/|$)/.test(local))
    throw new TypeError(
      `local must be an address of this machine such as http://localhost:4000, not ${local}`,
    );
  if (secret !== undefined && !/^[\w/+=.@-]+$/.test(secret))
    throw new TypeError(`secret must be the name of a secret in Secrets Manager, not ${secret}`);
  return { target, ...options };
}

/** Returns the file of a target; `undefined` for a service. */
export function fileOf(target: Target): FunctionFile | undefined {
  const place = typeof target === "string" ? target : target.target;
  return isUrl(place) ? undefined : place;
}

/** Returns the files of the functions for routes, each once: of their targets, and of the authorizer. */
export function filesOf(routes: Readonly<Record<string, Target>>): FunctionFile[] {
  const all = Object.values(routes).flatMap((target) => [
    fileOf(target) ?? [],
    typeof target === "string" ? [] : AUTHORIZER,
  ]);
  return [...new Set(all.flat())];
}

/** Returns whether a target is an address. */
export function isUrl(target: FunctionFile | ServiceUrl): target is ServiceUrl {
  return !target.startsWith("functions/");
}

/** A variable in the host would let clients choose where the user's headers are sent. */
function checkUrl(url: ServiceUrl): void {
  const { protocol, host = "", username, password, hash } = URL.parse(url.replace(/[{}]/g, "")) ?? {};
  const isPlain = protocol === "https:" && username === "" && password === "" && hash === "";
  if (isPlain && url.startsWith(`https://${host}`)) return;
  throw new TypeError(
    `${url} is no address of a service such as https://reports.example.com/reports/{id}: it needs https, a fixed host in lower case, and no user, password or fragment`,
  );
}
