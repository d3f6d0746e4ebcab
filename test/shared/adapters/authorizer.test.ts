import { build } from "esbuild";
import {
  Clock,
  httpApiAuthorizerEvent,
  httpApiAuthorizerEvent1,
  httpApiEvent,
  LogCollector,
  lambdaContext,
  restApiAuthorizerEvent,
  webSocketAuthorizerEvent,
} from "lambda-sessions/testing";
import { describe, expect, test } from "vitest";
import { BUNDLING, PROJECT_ROOT } from "../../../infra/bundling.ts";
import { type AuthorizerOptions, createAuthorizer } from "../../../shared/authorizer.ts";
import { SecureCookieSessionInterface } from "../../../shared/cookie.ts";
import { TokenRequests } from "../../../shared/header-transport.ts";
import {
  OptionError,
  type Session,
  type SessionInterface,
  SessionUnavailableError,
} from "../../../shared/index.ts";
import { createWithSession } from "../../../shared/lambda.ts";
import {
  MemoryStore,
  RevocableCookieSessionInterface,
  ServerSideSessionInterface,
  SessionDirectory,
} from "../../../shared/server-side.ts";

const KEYS = ["a secret key of at least 32 bytes, for tests"];
const silent = { keys: KEYS, log: () => {} };
const cookies = new SecureCookieSessionInterface(silent);

interface Data {
  plan: string;
  seats: number;
}

/** Runs a handler of the application with a session, and returns the pair of the cookie. */
async function sessionWith(
  sessionInterface: SessionInterface,
  change: (session: Session<Data>) => void,
): Promise<string> {
  const handler = createWithSession<Data>({ sessionInterface })((_event, session) => {
    change(session);
    return null;
  });
  const { cookies = [] } = await handler(httpApiEvent(), lambdaContext());
  return cookies.at(-1)?.split(";", 1).join() ?? "";
}

function signedIn(sessionInterface: SessionInterface = cookies, id = "u-1"): Promise<string> {
  return sessionWith(sessionInterface, (session) => session.signIn({ id, name: "Ada" }));
}

/** Returns an authorizer, and the records that it logs. */
function authorizerWith(options: Partial<AuthorizerOptions<Data>> = {}) {
  const log = new LogCollector();
  return { log, authorizer: createAuthorizer<Data>({ sessionInterface: cookies, log: log.log, ...options }) };
}

const CONTEXT = { userId: "u-1", encodedUserId: "u-1", encodedClaims: "{}" };

describe("an HTTP API with simple responses", () => {
  test("a signed-in user is allowed, and the integration receives the user's id", async () => {
    const event = httpApiAuthorizerEvent({ url: "/reports", headers: { cookie: await signedIn() } });
    expect(await authorizerWith().authorizer(event)).toEqual({ isAuthorized: true, context: CONTEXT });
  });

  test.each([
    ["without a cookie", ""],
    ["with a forged cookie", "__Host-session=eyJfdXNlciI6e319.aaaa.bbbb"],
    ["with a cookie of another application", "sid=1; theme=dark"],
  ])("a visitor %s is denied", async (_name, cookie) => {
    const event = httpApiAuthorizerEvent({ headers: cookie ? { cookie } : {} });
    expect(await authorizerWith().authorizer(event)).toEqual({ isAuthorized: false });
  });

  test("a visitor with a session who is not signed in is denied", async () => {
    const cookie = await sessionWith(cookies, (session) => session.set("plan", "free"));
    expect(await authorizerWith().authorizer(httpApiAuthorizerEvent({ headers: { cookie } }))).toEqual({
      isAuthorized: false,
    });
  });

  test("a cookie that another key signed is denied", async () => {
    const foreign = new SecureCookieSessionInterface({
      keys: ["another secret key of at least 32 bytes"],
      log: () => {},
    });
    const event = httpApiAuthorizerEvent({ headers: { cookie: await signedIn(foreign) } });
    expect(await authorizerWith().authorizer(event)).toEqual({ isAuthorized: false });
  });

  test("a session is denied as soon as it has expired", async () => {
    const clock = new Clock();
    const sessionInterface = new SecureCookieSessionInterface({
      ...silent,
      clock: clock.now,
      settings: { lifetime: 60 },
    });
    const { authorizer } = authorizerWith({ sessionInterface });
    const event = httpApiAuthorizerEvent({ headers: { cookie: await signedIn(sessionInterface) } });
    clock.advance(60);
    expect(await authorizer(event)).toMatchObject({ isAuthorized: true });
    clock.advance(1);
    expect(await authorizer(event)).toEqual({ isAuthorized: false });
  });

  test("a valid cookie is found after one that is not valid", async () => {
    const cookie = `__Host-session=forged; ${await signedIn()}`;
    const event = httpApiAuthorizerEvent({ headers: { cookie } });
    expect(await authorizerWith().authorizer(event)).toMatchObject({ isAuthorized: true });
  });
});

describe("sessions in a store", () => {
  const store = new MemoryStore();
  const stored = new ServerSideSessionInterface({ ...silent, store });
  const revocable = new RevocableCookieSessionInterface({ ...silent, store: new MemoryStore() });

  test.each([
    ["in a store", stored],
    ["in a revocable cookie", revocable],
  ])("the integration receives the id of a session %s, which is not its token", async (_name, each) => {
    const cookie = await signedIn(each);
    const { authorizer } = authorizerWith({ sessionInterface: each });
    const { context } = await authorizer(httpApiAuthorizerEvent({ headers: { cookie } }));
    expect(context?.sessionId).toMatch(/^[\w-]{22}$/);
    expect(cookie).not.toContain(context?.sessionId);
  });

  test("a session is denied at the next request after it was revoked", async () => {
    const cookie = await signedIn(stored, "u-2");
    const { authorizer } = authorizerWith({ sessionInterface: stored });
    const event = httpApiAuthorizerEvent({ headers: { cookie } });
    expect(await authorizer(event)).toMatchObject({ isAuthorized: true });
    await new SessionDirectory({ users: store, store, log: () => {} }).endAllOf("u-2");
    expect(await authorizer(event)).toEqual({ isAuthorized: false });
  });

  test("the session is never saved, and code that runs later cannot change it", async () => {
    let opened: Session | undefined;
    const open = async (request: Parameters<typeof stored.open>[0]) => {
      opened = await stored.open(request);
      return opened;
    };
    const save = () => Promise.reject(new Error("saved"));
    const { authorizer } = authorizerWith({ sessionInterface: { open, save } });
    const event = httpApiAuthorizerEvent({ headers: { cookie: await signedIn(stored) } });
    expect(await authorizer(event)).toMatchObject({ isAuthorized: true });
    expect(() => opened?.set("plan", "free")).toThrow("saved before this change");
  });

  test("a store that fails rejects, so that API Gateway responds with 500 and not with the integration", async () => {
    const open = () => Promise.reject(new SessionUnavailableError("the table is down"));
    const { authorizer, log } = authorizerWith({ sessionInterface: { ...cookies, open, save: open } });
    await expect(authorizer(httpApiAuthorizerEvent())).rejects.toThrow("the table is down");
    expect(log.records).toMatchObject([{ level: "ERROR", event: "session_unavailable" }]);
  });
});

describe("requests from other sites", () => {
  const CROSS_SITE = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };

  test.each(["POST", "PUT", "DELETE", "PATCH", "post"])(
    "a cross-site %s is denied and logged",
    async (method) => {
      const { authorizer, log } = authorizerWith();
      const headers = { ...CROSS_SITE, cookie: await signedIn() };
      expect(await authorizer(httpApiAuthorizerEvent({ method, headers }))).toEqual({ isAuthorized: false });
      expect(log.records).toEqual([{ level: "WARN", event: "request_refused", reason: "cross_origin" }]);
    },
  );

  test.each(["GET", "HEAD"])("a cross-site %s is allowed", async (method) => {
    const headers = { ...CROSS_SITE, cookie: await signedIn() };
    const event = httpApiAuthorizerEvent({ method, headers });
    expect(await authorizerWith().authorizer(event)).toMatchObject({ isAuthorized: true });
  });

  test("an unsafe request of a trusted origin is allowed", async () => {
    const headers = { ...CROSS_SITE, cookie: await signedIn() };
    const { authorizer } = authorizerWith({ trustedOrigins: ["https://evil.example"] });
    expect(await authorizer(httpApiAuthorizerEvent({ method: "POST", headers }))).toMatchObject({
      isAuthorized: true,
    });
  });

  test("without the protection an unsafe request from another site is allowed", async () => {
    const headers = { ...CROSS_SITE, cookie: await signedIn() };
    const { authorizer } = authorizerWith({ crossOriginProtection: false });
    expect(await authorizer(httpApiAuthorizerEvent({ method: "POST", headers }))).toMatchObject({
      isAuthorized: true,
    });
  });
});

describe("clients without cookies", () => {
  const stored = new ServerSideSessionInterface({ ...silent, store: new MemoryStore() });
  const tokenOf = async () => (await signedIn(stored)).replace(/^[^=]*=/, "");
  const answer = async (transport: "header" | "both", headers: Record<string, string>, method = "POST") => {
    const tokens = new TokenRequests({ transport });
    const { authorizer } = authorizerWith({ sessionInterface: stored, tokens });
    return (await authorizer(httpApiAuthorizerEvent({ method, headers }))).isAuthorized;
  };

  test("a client with the token of a user in Authorization is allowed, from any origin", async () => {
    const headers = { authorization: `Bearer ${await tokenOf()}`, "sec-fetch-site": "cross-site" };
    expect(await answer("header", headers)).toBe(true);
    expect(await answer("both", headers)).toBe(true);
  });

  test("a refused token is denied, although a cookie beside it is valid", async () => {
    const headers = { authorization: "Bearer forged", cookie: await signedIn(stored) };
    expect(await answer("both", headers)).toBe(false);
  });

  test("the transport header ignores cookies, and both checks the origin of a request with one", async () => {
    const cookie = await signedIn(stored);
    expect(await answer("header", { cookie })).toBe(false);
    expect(await answer("both", { cookie })).toBe(true);
    expect(await answer("both", { cookie, "sec-fetch-site": "cross-site" })).toBe(false);
  });

  test("a token opens a WebSocket from any origin, because no browser sends it by itself", async () => {
    const tokens = new TokenRequests({ transport: "both" });
    const { authorizer } = authorizerWith({ sessionInterface: stored, tokens });
    const headers = { Authorization: `Bearer ${await tokenOf()}`, Origin: "https://evil.example" };
    const result = await authorizer(webSocketAuthorizerEvent({ headers }));
    expect(result.policyDocument.Statement[0]?.Effect).toBe("Allow");
  });

  test("without the option tokens, Authorization is ignored", async () => {
    const { authorizer } = authorizerWith({ sessionInterface: stored });
    const headers = { authorization: `Bearer ${await tokenOf()}` };
    expect(await authorizer(httpApiAuthorizerEvent({ headers }))).toEqual({ isAuthorized: false });
  });
});

describe("a REST API and an HTTP API with payload format 1.0", () => {
  test.each([
    ["a REST API", restApiAuthorizerEvent],
    ["an HTTP API", httpApiAuthorizerEvent1],
  ])("%s receives a policy for the stage and the method of the request", async (_name, toEvent) => {
    const event = toEvent({ url: "/reports/*/?", headers: { Cookie: await signedIn() } });
    expect(await authorizerWith().authorizer(event)).toEqual({
      principalId: "u-1",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Action: "execute-api:Invoke",
            Effect: "Allow",
            Resource: "arn:aws:execute-api:us-east-1:123456789012:local/$default/GET/*",
          },
        ],
      },
      context: CONTEXT,
    });
  });

  test("a visitor who is not signed in receives a policy that denies everything", async () => {
    expect(await authorizerWith().authorizer(restApiAuthorizerEvent())).toEqual({
      principalId: "nobody",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Deny", Resource: "*" }],
      },
    });
  });

  test("with signedOutStatus 401 the authorizer rejects with the one error for which API Gateway responds with 401", async () => {
    const { authorizer } = authorizerWith({ signedOutStatus: 401 });
    await expect(authorizer(restApiAuthorizerEvent())).rejects.toThrow(/^Unauthorized$/);
    expect(await authorizer(httpApiAuthorizerEvent())).toEqual({ isAuthorized: false });
  });

  test("with signedOutStatus 401 a request from another site is denied with 403 all the same", async () => {
    const { authorizer } = authorizerWith({ signedOutStatus: 401 });
    const event = restApiAuthorizerEvent({ method: "POST", headers: { "Sec-Fetch-Site": "cross-site" } });
    expect(JSON.stringify(await authorizer(event))).toContain('"Effect":"Deny"');
  });

  test("the authorizer of a token is refused with the type that it needs", async () => {
    const event = { ...restApiAuthorizerEvent(), type: "TOKEN" as "REQUEST" };
    await expect(authorizerWith().authorizer(event)).rejects.toThrow("must have the type REQUEST");
  });
});

describe("the route $connect of a WebSocket API", () => {
  const effectOf = (result: unknown) => /"Effect":"(\w+)"/.exec(JSON.stringify(result))?.[1];

  test("a signed-in user of the same origin may connect", async () => {
    const headers = { Cookie: await signedIn(), Origin: "https://app.example.com" };
    const result = await authorizerWith().authorizer(webSocketAuthorizerEvent({ headers }));
    expect(result.policyDocument.Statement[0]).toMatchObject({
      Effect: "Allow",
      Resource: "arn:aws:execute-api:us-east-1:123456789012:local/$default/$connect",
    });
    expect(result.context).toEqual(CONTEXT);
  });

  test.each(["https://evil.example", "https://other.example.com", "null"])(
    "a page of the origin %s cannot connect with the visitor's cookie",
    async (Origin) => {
      const { authorizer, log } = authorizerWith();
      const headers = { Cookie: await signedIn(), Origin };
      expect(effectOf(await authorizer(webSocketAuthorizerEvent({ headers })))).toBe("Deny");
      expect(log.records).toMatchObject([{ reason: "cross_origin" }]);
    },
  );

  test("a page of a trusted origin may connect", async () => {
    const headers = { Cookie: await signedIn(), Origin: "https://www.example.com" };
    const { authorizer } = authorizerWith({ trustedOrigins: ["https://www.example.com"] });
    expect(effectOf(await authorizer(webSocketAuthorizerEvent({ headers })))).toBe("Allow");
  });

  test("a client that is no browser sends no Origin, and may connect", async () => {
    const headers = { Cookie: await signedIn() };
    expect(effectOf(await authorizerWith().authorizer(webSocketAuthorizerEvent({ headers })))).toBe("Allow");
  });

  test("a visitor who is not signed in cannot connect", async () => {
    expect(effectOf(await authorizerWith().authorizer(webSocketAuthorizerEvent()))).toBe("Deny");
  });
});

describe("claims", () => {
  async function contextFor(id: string, claims: AuthorizerOptions<Data>["claims"] = {}) {
    const cookie = await sessionWith(cookies, (session) => {
      session.signIn({ id, name: "Ada" });
      session.set("plan", "größer ☃ 😀\r\nx: y");
      session.set("seats", 5);
    });
    const { authorizer } = authorizerWith({ claims });
    return (await authorizer(httpApiAuthorizerEvent({ headers: { cookie } }))).context;
  }

  test("the integration receives strings, numbers and booleans, and no claim that is undefined", async () => {
    const claims = {
      plan: (session: Session<Data>) => session.get("plan"),
      seats: (session: Session<Data>) => session.get("seats"),
      admin: () => false,
      missing: () => undefined,
    };
    expect(await contextFor("u-1", claims)).toMatchObject({
      plan: "größer ☃ 😀\r\nx: y",
      seats: 5,
      admin: false,
    });
    expect(await contextFor("u-1", claims)).not.toHaveProperty("missing");
  });

  test("what goes into headers is printable ASCII without spaces, and decodes to the same", async () => {
    const id = "Zoë 😀|100%, \r\nx-admin: true";
    const context = await contextFor(id, { plan: (session) => session.get("plan") });
    expect(context?.userId).toBe(id);
    for (const header of [context?.encodedUserId ?? "", context?.encodedClaims ?? ""])
      expect(header).toMatch(/^[!-~]+$/);
    expect(decodeURIComponent(context?.encodedUserId ?? "")).toBe(id);
    expect(JSON.parse(decodeURIComponent(context?.encodedClaims ?? ""))).toEqual({ plan: context?.plan });
  });

  test("two users never have the same header", async () => {
    const ids = ["a b", "a%20b", "a%2520b", "ä", "%C3%A4"];
    const headers = await Promise.all(ids.map(async (id) => (await contextFor(id))?.encodedUserId));
    expect(new Set(headers).size).toBe(ids.length);
  });

  test("the usual ids of identity providers look the same in a header", async () => {
    for (const id of ["auth0|5f7c8ec7c33c6c004bbafe82", "248289761001", "Ada@example.com"])
      expect((await contextFor(id))?.encodedUserId).toBe(id);
  });

  test.each([
    ["an array", ["a"]],
    ["an object", {}],
    ["null", null],
    ["NaN", Number.NaN],
    ["a lone surrogate", "\ud800"],
    ["a promise", Promise.resolve("a")],
  ])("%s as a claim rejects with the claim's name", async (_name, value) => {
    await expect(contextFor("u-1", { plan: () => value as string })).rejects.toThrow(
      "claims.plan must return",
    );
  });

  test("a context that is too large rejects with its size", async () => {
    await expect(contextFor("u-1", { plan: () => "x".repeat(4100) })).rejects.toThrow("but 8192 is the most");
    expect(await contextFor("u-1", { plan: () => "x".repeat(3900) })).toHaveProperty("plan");
  });

  test.each(["user-id", "1st", "userId", "principalId", "sessionId", "error", "", "a.b"])(
    "the claim name %j is refused at construction",
    (name) => {
      expect(() => authorizerWith({ claims: { [name]: () => 1 } })).toThrow(OptionError);
    },
  );
});

describe("headers that look like those of the user", () => {
  test.each(["x_user_id", "X_User-Id", "x-user_id", "x_session_id", "X-USER_CLAIMS", "x.user.id"])(
    "a request with %s is denied and logged, because some servers read it as the header with hyphens",
    async (name) => {
      for (const toEvent of [httpApiAuthorizerEvent, restApiAuthorizerEvent]) {
        const { authorizer, log } = authorizerWith();
        const event = toEvent({ headers: { cookie: await signedIn(), [name]: "admin" } });
        expect(JSON.stringify(await authorizer(event))).toMatch(/"isAuthorized":false|"Effect":"Deny"/);
        expect(log.records).toEqual([{ level: "WARN", event: "request_refused", reason: "forged_header" }]);
      }
    },
  );

  test.each([
    ["an HTTP API with payload 1.0", httpApiAuthorizerEvent1],
    ["a REST API", restApiAuthorizerEvent],
    ["a WebSocket API", webSocketAuthorizerEvent],
  ])("such a header is also found among the repeated ones of %s", async (_name, toEvent) => {
    const event = toEvent({ headers: { cookie: await signedIn() } });
    const multiValueHeaders = { ...event.multiValueHeaders, X_User_Id: ["admin"] };
    const { authorizer, log } = authorizerWith({ crossOriginProtection: false });
    expect(JSON.stringify(await authorizer({ ...event, multiValueHeaders }))).toContain('"Effect":"Deny"');
    expect(log.records).toMatchObject([{ event: "request_refused", reason: "forged_header" }]);
    expect(JSON.stringify(await authorizer(event))).toContain('"Effect":"Allow"');
  });

  test("a request with the headers themselves is allowed, because API Gateway overwrites them", async () => {
    const headers = { cookie: await signedIn(), "x-user-id": "admin", "x-user-idea": "a_b" };
    const result = await authorizerWith().authorizer(httpApiAuthorizerEvent({ headers }));
    expect(result).toEqual({ isAuthorized: true, context: CONTEXT });
  });
});

describe("options", () => {
  test("allow decides which users may send a request, and only true allows it", async () => {
    const event = httpApiAuthorizerEvent({ url: "/admin", headers: { cookie: await signedIn() } });
    const answer = async (allow: unknown) =>
      (await authorizerWith({ allow: allow as () => boolean }).authorizer(event)).isAuthorized;
    expect(await answer((session: Session) => session.user?.id === "u-1")).toBe(true);
    expect(await answer(() => false)).toBe(false);
    expect(await answer(async () => false)).toBe(false);
  });

  test.each([
    ["signedOutStatus", { signedOutStatus: 302 as 401 }],
    ["trustedOrigins", { trustedOrigins: ["example.com"] }],
    ["claims.plan", { claims: { plan: "free" as unknown as () => string } }],
    ["sessionInterface", { sessionInterface: undefined as unknown as SessionInterface }],
    ["tokens", { tokens: {} as TokenRequests }],
    ["allow", { allow: true as unknown as () => boolean }],
    ["log", { log: {} as () => void }],
  ])("a wrong %s is refused at construction", (option, options) => {
    expect(() => authorizerWith(options)).toThrow(expect.objectContaining({ option }));
  });
});

test("an authorizer without options is refused with the first option that it needs", () => {
  const create = createAuthorizer as (options?: object) => unknown;
  for (const options of [undefined, {}, { sessionInterface: {} }])
    expect(() => create(options)).toThrow("sessionInterface: must be a session interface");
});

/** Maximum bytes of the code of the authorizer itself, without the session layer. */
const MOST_BYTES = 2740;

test(`the authorizer adds at most ${MOST_BYTES} bytes to the session layer`, async () => {
  const contents = `export { createAuthorizer } from "lambda-sessions/authorizer";`;
  const stdin = { contents, resolveDir: PROJECT_ROOT, loader: "ts" } as const;
  const { metafile } = await build({ ...BUNDLING, stdin, metafile: true, write: false });
  const inputs = Object.entries(Object.values(metafile.outputs)[0]?.inputs ?? {});
  const own = inputs.filter(([path]) => path.startsWith("shared/adapters/authorizer/"));
  expect(own.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0)).toBeLessThanOrEqual(MOST_BYTES);
  expect(
    inputs.map(([path]) => path).filter((path) => /html-page|with-session|refuse\.ts/.test(path)),
  ).toEqual([]);
});
