import { provideAwsLambda } from "lambda-sessions/gateway";
import { beforeAll, describe, expect, test } from "vitest";
import { createAuthorizer } from "../../../shared/authorizer.ts";
import { SecureCookieSessionInterface } from "../../../shared/cookie.ts";
import { withCors } from "../../../shared/cors.ts";
import { createWithSession as createWithHeaders, TokenRequests } from "../../../shared/header-transport.ts";
import { createWithSession, requireFresh, requireUser } from "../../../shared/lambda.ts";
import { withLattice } from "../../../shared/lattice.ts";
import { middySession } from "../../../shared/middy.ts";
import { createWithSessions, nameSessions, pickSession } from "../../../shared/named-sessions.ts";
import { nodeSession } from "../../../shared/node.ts";
import {
  RevocableCookieSessionInterface,
  ServerSideSessionInterface,
  SessionDirectory,
} from "../../../shared/server-side.ts";
import { streamSession } from "../../../shared/streaming.ts";
import {
  h3Session,
  honoSession,
  powertoolsSession,
  reactRouterSession,
  reactRouterStorage,
  webSession,
} from "../../../shared/web.ts";

// A caller without types may pass anything.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Any = any;

const keys = ["a secret key of at least 32 bytes, for tests"];
const sessionInterface = new SecureCookieSessionInterface({ keys });
const withSession: Any = createWithSession({ sessionInterface });
const withSessions: Any = createWithSessions({
  sessions: nameSessions({ cart: {} }, () => sessionInterface) as Any,
});
const handler = () => null;
const none: Any = undefined;
const wrong: Any = "x";

beforeAll(() => provideAwsLambda());

/** Calls by the name of the argument or the option that is wrong. */
const MISUSE: [name: string, call: string, () => unknown][] = [
  ["withSession", "webSession(undefined, {})", () => webSession(none, {})],
  ["withSession", "honoSession()", () => honoSession(none)],
  ["withSession", "reactRouterSession()", () => reactRouterSession(none, {})],
  ["withSession", "reactRouterStorage({})", () => reactRouterStorage({} as Any)],
  ["withSession", "powertoolsSession({})", () => powertoolsSession({} as Any)],
  ["withSession", "h3Session()", () => h3Session(none)],
  ["withSession", "nodeSession()", () => nodeSession(none)],
  ["withSession", "middySession({})", () => middySession({} as Any)],
  ["withSession", "streamSession()", () => streamSession(none, none)],
  ["origin", "webSession(withSession, { origin })", () => webSession(withSession, { origin: wrong })],
  ["address", "honoSession(withSession, { address })", () => honoSession(withSession, { address: wrong })],
  ["sessionContext", "reactRouterSession(withSession)", () => reactRouterSession(withSession, none)],
  [
    "origin",
    "reactRouterSession(withSession, context, { origin })",
    () => reactRouterSession(withSession, {}, { origin: wrong }),
  ],
  ["handler", "webSession(withSession)()", () => webSession(withSession)(none)],
  ["resolve", "powertoolsSession(withSession).handler()", () => powertoolsSession(withSession).handler(none)],
  ["guard", "nodeSession(withSession).guard()", () => nodeSession(withSession).guard(none)],
  ["handler", "streamSession(withSession)", () => streamSession(withSession, none)],
  ["handler", "withLattice()", () => withLattice(none)],
  ["handler", "withCors(undefined, options)", () => withCors(none, { trustedOrigins: [] })],
  ["trustedOrigins", "withCors(handler)", () => withCors(handler, none)],
  ["trustedOrigins", "withCors(handler, options)", () => withCors(handler, { trustedOrigins: wrong })],
  ["sessionInterface", "createAuthorizer()", () => createAuthorizer(none)],
  ["sessionInterface", "createAuthorizer({})", () => createAuthorizer({} as Any)],
  ["tokens", "createAuthorizer(options)", () => createAuthorizer({ sessionInterface, tokens: {} as Any })],
  ["allow", "createAuthorizer(options)", () => createAuthorizer({ sessionInterface, allow: wrong })],
  ["log", "createAuthorizer(options)", () => createAuthorizer({ sessionInterface, log: wrong })],
  ["sessionInterface", "createWithSession() of header-transport", () => createWithHeaders(none)],
  ["transport", "new TokenRequests()", () => new TokenRequests(none)],
  [
    "sessionInterface",
    "createWithSession(options) of header-transport",
    () => createWithHeaders({ transport: "header" } as Any),
  ],
  [
    "handler",
    "withSession() of header-transport",
    () => (createWithHeaders({ transport: "header", sessionInterface }) as Any)(none),
  ],
  [
    "store",
    "new ServerSideSessionInterface({ keys })",
    () => new ServerSideSessionInterface({ keys } as Any),
  ],
  [
    "store",
    "new RevocableCookieSessionInterface({ keys, store: {} })",
    () => new RevocableCookieSessionInterface({ keys, store: {} as Any }),
  ],
  ["users", "new SessionDirectory({})", () => new SessionDirectory({} as Any)],
  ["handler", "withSession()", () => withSession(none)],
  ["handler", "withSession(handler())", () => withSession(handler())],
  ["handler", "requireUser()", () => requireUser(none)],
  ["handler", "requireFresh(300)", () => requireFresh(300, none)],
  ["handler", "withSessions()", () => withSessions(none)],
  ["sessions", "createWithSessions()", () => createWithSessions(none)],
  ["sessions", "createWithSessions({})", () => createWithSessions({} as Any)],
  ["cart", "nameSessions(settings, () => undefined)", () => nameSessions({ cart: {} }, () => none)],
  ["withSessions", "pickSession()", () => pickSession(none, "cart" as never)],
  ["withSessions", "pickSession(withSession, name)", () => pickSession(withSession, "cart" as never)],
];

describe("a wrong argument or option is refused before the first request", () => {
  test.each(MISUSE)("%s of %s: the error names it, and says what it must be", (option, _call, misuse) => {
    expect(misuse).toThrow(
      expect.objectContaining({
        name: "OptionError",
        option,
        message: expect.stringMatching(/^\w+: must be \w+/),
      }),
    );
  });
});
