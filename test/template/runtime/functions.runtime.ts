import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ROTATION_FUNCTION } from "../../../infra/routes.ts";
import { httpApiEvent } from "../../../shared/testing/events.ts";
import { type EmbeddedDynamoDB, startEmbeddedDynamoDB } from "../../support/embedded-dynamodb.ts";
import { FakeSecret } from "../../support/fake-secret.ts";
import { FakeSecretsManager } from "../../support/fake-secrets-manager.ts";
import { type BuiltFunction, buildFunctions } from "./built-functions.ts";
import { FunctionProcess } from "./function-process.ts";

const STACKS = {
  cookie: {},
  encrypt: { encrypt: "true" },
  "revocable-cookie": { storage: "revocable-cookie" },
  dynamodb: { storage: "dynamodb" },
};

const secretsManager = new FakeSecretsManager();
let secret: FakeSecret;
let dynamodb: EmbeddedDynamoDB;

beforeAll(async () => {
  await secretsManager.start();
  dynamodb = await startEmbeddedDynamoDB();
});

afterAll(async () => {
  await Promise.all([secretsManager.stop(), dynamodb?.close()]);
});

beforeEach(() => {
  secret = new FakeSecret(JSON.stringify({ SECRET_KEY: "k".repeat(64) }));
  secretsManager.script(secret.answer);
});

const BUILT = await Promise.all(
  Object.entries(STACKS).map(async ([name, context]) => [name, await buildFunctions(name, context)] as const),
);

describe.each(BUILT)("in the stack %s", (name, built) => {
  const routed = built.filter(({ routes }) => routes.length > 0);
  const behind = (route: string) => built.find(({ routes }) => routes.includes(route)) ?? missing(route);
  const rotation = () => built.find(({ entry }) => entry === ROTATION_FUNCTION) ?? missing(ROTATION_FUNCTION);

  beforeAll(async () => {
    const tables = new Set(built.map(({ environment }) => environment.SESSION_TABLE_NAME));
    for (const table of tables) if (table) await dynamodb.createTable(`${name}-${table}`);
  });

  function start(target: BuiltFunction, environment = {}): Promise<FunctionProcess> {
    const { SESSION_TABLE_NAME: table } = target.environment;
    return FunctionProcess.start(target, {
      ...secretsManager.environment,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      ...(table && { SESSION_TABLE_NAME: `${name}-${table}` }),
      ...environment,
    });
  }

  test("a stack has the functions of its routes and the one that rotates the keys", () => {
    expect(routed.length).toBeGreaterThanOrEqual(7);
    expect(built.filter((one) => !routed.includes(one)).map(({ entry }) => entry)).toEqual([
      ROTATION_FUNCTION,
    ]);
  });

  test.each(routed.flatMap((target) => target.routes.map((route) => [route, target] as const)))(
    "%s answers an event without a failure in the log",
    async (route, target) => {
      await using running = await start(target);
      const { kind, body } = await running.invoke(eventOf(route));
      expect([kind, running.failures]).toEqual(["response", []]);
      expect(JSON.parse(body).statusCode).toBeGreaterThanOrEqual(200);
      expect(JSON.parse(body).statusCode).toBeLessThan(500);
    },
  );

  test("GET /visits counts up from one event to the next", async () => {
    await using running = await start(behind("GET /visits"));
    const first = JSON.parse((await running.invoke(eventOf("GET /visits"))).body);
    expect([first.statusCode, first.body]).toEqual([200, '{"visits":1}']);
    const cookie = first.cookies[0].split(";")[0];
    const second = await running.invoke(eventOf("GET /visits", { cookie }));
    expect(JSON.parse(second.body).body).toBe('{"visits":2}');
  });

  test("a logged record is an object inside Lambda's own fields", async () => {
    await using running = await start(behind("GET /visits"));
    const { id } = await running.invoke(
      eventOf("GET /visits", { cookie: "__Host-session=forged.AAAAAA.AAAA" }),
    );
    expect(running.log.filter(({ level }) => level === "WARN")).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        level: "WARN",
        requestId: id,
        message: {
          level: "WARN",
          event: "session_refused",
          reason: expect.any(String),
          cookie: "__Host-session",
        },
      },
    ]);
    expect(running.lines.join("\n")).not.toContain("forged");
  });

  test("a function that cannot read its keys starts and answers 503", async () => {
    secretsManager.script({ status: 400, body: '{"__type":"AccessDeniedException"}' });
    await using running = await start(behind("GET /visits"));
    const { kind, body, id } = await running.invoke(eventOf("GET /visits"));
    expect([kind, JSON.parse(body).statusCode]).toEqual(["response", 503]);
    expect(running.failures.at(-1)).toMatchObject({
      requestId: id,
      message: { event: "session_unavailable", cause: expect.stringContaining("AccessDeniedException") },
    });
  });

  test("a handler that throws is reported to Lambda as an error, and the next event is answered", async () => {
    await using running = await start(behind("GET /visits"));
    const failed = await running.invoke(null);
    expect([failed.kind, JSON.parse(failed.body)]).toEqual([
      "error",
      { errorType: "TypeError", errorMessage: expect.any(String), trace: expect.any(Array) },
    ]);
    expect(running.failures).toEqual([
      expect.objectContaining({
        requestId: failed.id,
        message: expect.objectContaining({ errorType: "TypeError" }),
      }),
    ]);
    expect((await running.invoke(eventOf("GET /visits"))).kind).toBe("response");
  });

  test.each([
    ["is not JSON", "{lifetime", "SESSION_SETTINGS: must be JSON"],
    ["contradicts itself", '{"lifetime":-1}', "lifetime: "],
  ])(
    "a function whose SESSION_SETTINGS %s does not start and reports the reason to Lambda",
    async (_what, text, message) => {
      await using running = await start(behind("GET /visits"), { SESSION_SETTINGS: text });
      const { kind, headers, body, exitCode } = await running.failedStart();
      expect([kind, headers["lambda-runtime-function-error-type"]]).toEqual(["init error", "OptionError"]);
      expect(JSON.parse(body)).toMatchObject({
        errorType: "OptionError",
        errorMessage: expect.stringContaining(message),
      });
      expect(exitCode).not.toBe(0);
      // Here errorType is the minified name of the class; the field name has the error's own name.
      expect(JSON.parse(running.lines[0] ?? "")).toMatchObject({
        level: "ERROR",
        message: { name: "OptionError", errorMessage: expect.stringContaining(message) },
      });
    },
  );

  test("the rotation function performs the four steps and logs keys_rotated", async () => {
    await using running = await start(rotation());
    const event = { SecretId: "arn:keys", ClientRequestToken: secret.beginRotation() };
    for (const Step of ["createSecret", "setSecret", "testSecret", "finishSecret"])
      expect(await running.invoke({ ...event, Step })).toMatchObject({ kind: "response", body: "null" });
    expect(Object.keys(JSON.parse(secret.text))).toContain("SECRET_KEY_FALLBACKS");
    expect(running.log.map(({ message }) => message.event)).toContain("keys_rotated");
    expect(running.failures).toEqual([]);
  });

  test("a rotation that cannot be done is reported to Secrets Manager as an error", async () => {
    await using running = await start(rotation());
    const event = { SecretId: "arn:keys", ClientRequestToken: randomUUID(), Step: "createSecret" };
    const { kind, body } = await running.invoke(event);
    expect([kind, JSON.parse(body)]).toMatchObject(["error", { errorType: "Error" }]);
    expect(running.failures[0]).toMatchObject({ message: { event: "rotation_failed" } });
  });
});

/** Returns the event that API Gateway sends for a route. */
function eventOf(route: string, headers: Readonly<Record<string, string>> = {}) {
  const [method = "", url = ""] = route.split(" ");
  return httpApiEvent({ method, url, headers, routeKey: route });
}

function missing(what: string): never {
  throw new Error(`the stack has no function for ${what}`);
}
