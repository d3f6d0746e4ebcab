import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Template } from "aws-cdk-lib/assertions";
import { afterAll, describe, expect, test } from "vitest";
import type { Application } from "../../infra/application.ts";
import { AUTHORIZER, authorized, fileOf, filesOf, type ServiceUrl } from "../../infra/authorized.ts";
import type { Routes } from "../../infra/routes.ts";
import { SessionStack, type SessionStackProps } from "../../infra/session-stack.ts";
import { AUTHORIZER_PERMISSIONS, WITHOUT_SESSION } from "../house-rules.ts";
import { acknowledgementsIn, findingsIn } from "./acknowledgements.ts";
import { AUTHORIZED_FIXTURE, FIXTURE } from "./fixture/application.ts";
import { permissionsOf } from "./role-permissions.ts";
import { appWithoutBundling, type Resource, resourcesOf, synthesizeStack } from "./synthesize.ts";

const outdir = mkdtempSync(join(tmpdir(), "authorizer-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const SERVICE = "https://archive.example.com/v1/{proxy}";
const STORAGES = ["cookie", "revocable-cookie", "dynamodb"] as const;

function synthesize(props: SessionStackProps = {}): Template {
  return synthesizeStack({ application: AUTHORIZED_FIXTURE, ...props });
}

function withRoutes(routes: Routes, root = FIXTURE.root): Application {
  return { ...AUTHORIZED_FIXTURE, root, routesOf: () => routes };
}

function routesIn(template: Template): Record<string, Resource["Properties"]> {
  const all = resourcesOf(template, "AWS::ApiGatewayV2::Route").map(([, { Properties }]) => Properties);
  return Object.fromEntries(all.map((properties) => [properties.RouteKey, properties]));
}

/** Returns the one resource of a type. */
function onlyOf(template: Template, type: string): [id: string, resource: Resource] {
  const all = resourcesOf(template, type);
  expect(all).toHaveLength(1);
  return all[0] as [string, Resource];
}

function serviceIn(template: Template): Resource {
  const services = resourcesOf(template, "AWS::ApiGatewayV2::Integration").filter(
    ([, { Properties }]) => Properties.IntegrationType === "HTTP_PROXY",
  );
  expect(services).toHaveLength(1);
  return services[0]?.[1] as Resource;
}

/** Returns the changes that the API makes to the requests for the service. */
function mappingIn(template: Template): unknown {
  return serviceIn(template).Properties.RequestParameters;
}

describe("a stack with routes for users who are signed in", () => {
  const template = synthesize();

  test("the answer of the authorizer is simple and never cached, and needs a cookie", () => {
    const [, { Properties }] = onlyOf(template, "AWS::ApiGatewayV2::Authorizer");
    expect(Properties).toMatchObject({
      AuthorizerType: "REQUEST",
      AuthorizerPayloadFormatVersion: "2.0",
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: ["$request.header.cookie"],
    });
  });

  test("only the routes that ask for the authorizer have it, with those for HEAD", () => {
    const guarded = Object.values(routesIn(template)).filter((route) => route.AuthorizationType === "CUSTOM");
    expect(guarded.map(({ RouteKey }) => RouteKey)).toEqual([
      "GET /reports/{id}",
      "HEAD /reports/{id}",
      "ANY /archive/{proxy+}",
    ]);
    const [authorizer] = onlyOf(template, "AWS::ApiGatewayV2::Authorizer");
    for (const { AuthorizerId } of guarded) expect(AuthorizerId).toEqual({ Ref: authorizer });
  });

  test("the API may invoke the authorizer's function for that authorizer alone", () => {
    const sources = resourcesOf(template, "AWS::Lambda::Permission")
      .filter(([, { Properties }]) => JSON.stringify(Properties.FunctionName).includes('"Authorizer'))
      .map(([, { Properties }]) => JSON.stringify(Properties.SourceArn));
    expect(sources).toEqual([expect.stringMatching(/"\/authorizers\/",\{"Ref":"Api\w+Authorizer\w+"\}/)]);
  });

  test("the access log has the error of an authorizer that fails", () => {
    const [, stage] = onlyOf(template, "AWS::ApiGatewayV2::Stage");
    expect(stage.Properties.AccessLogSettings.Format).toContain("$context.authorizer.error");
  });
});

describe("a service behind the authorizer", () => {
  test.each(["revocable-cookie", "dynamodb"] as const)(
    "with storage=%s the service receives the user and the session in headers that no client can set, and no cookies",
    (storage) => {
      expect(mappingIn(synthesize({ storage }))).toEqual({
        "remove:header.cookie": "''",
        "overwrite:header.x-user-id": "$context.authorizer.encodedUserId",
        "overwrite:header.x-user-claims": "$context.authorizer.encodedClaims",
        "overwrite:header.x-session-id": "$context.authorizer.sessionId",
      });
    },
  );

  test("with storage=cookie sessions have no id, so that of the client is removed", () => {
    expect(mappingIn(synthesize())).toMatchObject({ "remove:header.x-session-id": "''" });
    expect(mappingIn(synthesize())).not.toHaveProperty("overwrite:header.x-session-id");
  });

  test("the requests have the client's method and go to the address of the service", () => {
    expect(serviceIn(synthesize()).Properties).toMatchObject({
      IntegrationMethod: "ANY",
      IntegrationUri: SERVICE,
    });
  });

  test("two routes to one service share its integration", () => {
    const target = authorized("https://archive.example.com/list");
    const template = synthesize({ application: withRoutes({ "GET /a": target, "POST /a": target }) });
    template.resourceCountIs("AWS::ApiGatewayV2::Integration", 1);
  });

  test("a service receives the value of a secret, of which the template has only the name", () => {
    const secret = "archive/api-key";
    const routes = {
      "GET /a": authorized("https://archive.example.com/", { secret }),
      "GET /b": authorized("https://archive.example.com/"),
    };
    const template = synthesize({ application: withRoutes(routes) });
    const keys = resourcesOf(template, "AWS::ApiGatewayV2::Integration").map(
      ([, { Properties }]) => Properties.RequestParameters["overwrite:header.x-api-key"],
    );
    expect(keys).toEqual([`{{resolve:secretsmanager:${secret}:SecretString:::}}`, undefined]);
  });

  test("a secret without a name, and options for a function, are rejected", () => {
    expect(() => authorized("https://archive.example.com/", { secret: "a:b}}" })).toThrow("secret must be");
    const secret = "archive/api-key";
    expect(() => authorized("functions/reports.ts", { secret })).toThrow("are for services");
  });

  test("a variable that the route does not have is rejected", () => {
    const application = withRoutes({ "GET /archive/{id}": authorized(SERVICE) });
    expect(() => synthesize({ application })).toThrow("GET /archive/{id} has no variable {proxy}");
  });

  test.each([
    "http://archive.example.com/",
    "https://{tenant}.example.com/",
    "https://user:password@archive.example.com/",
    "https://archive.example.com/#top",
    "https:/archive",
    "reports.ts",
  ])("%s is rejected, because it is no address to which a user's identity may be sent", (url) => {
    expect(() => authorized(url as ServiceUrl)).toThrow("is no address of a service");
  });

  test("the local address is one of this machine", () => {
    const local = "http://localhost:4000/v1/{proxy}";
    expect(authorized(SERVICE, { local })).toEqual({ target: SERVICE, local });
    for (const other of [
      "http://localhost.example.com:80/",
      "https://localhost:1",
      "http://localhost@evil:1",
    ])
      expect(() => authorized(SERVICE, { local: other as typeof local })).toThrow("address of this machine");
  });

  test("the local address is in the template as metadata of the integration", () => {
    const local = "http://localhost:4000/v1/{proxy}";
    const application = withRoutes({ "ANY /archive/{proxy+}": authorized(SERVICE, { local }) });
    expect(serviceIn(synthesize({ application })).Metadata).toMatchObject({ "local:url": local });
  });
});

describe("clients without cookies", () => {
  const HEADERS = { storage: "dynamodb", sessionTransport: "header" } as const;
  const { receivesTokens } = authorized(SERVICE, { receivesTokens: true });
  const trusting = withRoutes({ "ANY /archive/{proxy+}": authorized(SERVICE, { receivesTokens }) });

  test.each([
    ["header", ["$request.header.authorization"]],
    ["both", []],
  ] as const)("with sessionTransport=%s the authorizer needs %j", (sessionTransport, identitySource) => {
    const template = synthesize({ ...HEADERS, sessionTransport, application: trusting });
    const [, { Properties }] = onlyOf(template, "AWS::ApiGatewayV2::Authorizer");
    expect(Properties).toMatchObject({ IdentitySource: identitySource, AuthorizerResultTtlInSeconds: 0 });
  });

  test("a service that would receive their tokens is rejected, unless the route says that it may", () => {
    expect(() => synthesize(HEADERS)).toThrow(
      `The setting sessionTransport cannot be "header": it would send the tokens of users to ${SERVICE}`,
    );
    expect(() => synthesize({ ...HEADERS, application: trusting })).not.toThrow();
    const application = withRoutes({ "GET /reports": authorized("functions/reports.ts") });
    expect(() => synthesize({ ...HEADERS, application })).not.toThrow();
  });
});

describe.each(STORAGES)("with storage=%s", (storage) => {
  test("the authorizer may read what opens a session, but save none", () => {
    const roles = permissionsOf(synthesize({ storage }));
    const found = Object.fromEntries(roles.map(({ holders: [file], permissions }) => [file, permissions]));
    expect(found[AUTHORIZER]).toEqual(AUTHORIZER_PERMISSIONS[storage]?.toSorted());
    expect(found[AUTHORIZER]).not.toContain("dynamodb:PutItem on Table/Items");
    expect(found["functions/reports.ts"]).toEqual(WITHOUT_SESSION.permissions.toSorted());
  });
});

test("the stack follows the security rules, and acknowledges no missing authorization where there is one", () => {
  const app = appWithoutBundling(outdir);
  new SessionStack(app, "Sessions", { application: AUTHORIZED_FIXTURE });
  app.synth();
  expect(findingsIn(app)).toEqual([]);
  const paths = acknowledgementsIn(app).map(({ construct }) => construct.node.path);
  expect(paths.filter((path) => /reports|archive/.test(path))).toEqual([]);
});

describe("the routes of an application", () => {
  test("a route that asks for the authorizer is rejected where there is none, with the page that shows it", () => {
    const application = withRoutes({ "GET /reports": authorized("functions/reports.ts") }, outdir);
    expect(() => synthesize({ application })).toThrow(
      "The route GET /reports is for users who are signed in, but functions/authorizer.ts does not exist. Create it: node_modules/lambda-sessions/docs/authorizer.md",
    );
  });

  test("$default can ask for the authorizer", () => {
    const routes = { "GET /": "functions/visits.ts", $default: authorized("functions/reports.ts") } as const;
    const { $default } = routesIn(synthesize({ application: withRoutes(routes) }));
    expect($default?.AuthorizationType).toBe("CUSTOM");
  });

  test.each(["ANY /archive/{proxy+}", "OPTIONS /archive/{proxy+}", "$default"])(
    "with CORS, %s cannot ask for the authorizer, which would deny preflight requests",
    (routeKey) => {
      const application = withRoutes({ [routeKey]: authorized("functions/reports.ts") });
      const trustedOrigins = ["https://www.example.com"];
      expect(() => synthesize({ application, trustedOrigins })).toThrow(
        `The setting cors cannot be true: it would deny the preflight requests of ${routeKey}`,
      );
      expect(() => synthesize({ application, trustedOrigins, cors: false })).not.toThrow();
      expect(() => synthesize({ application })).not.toThrow();
    },
  );

  test("with CORS, a route that names its method can ask for the authorizer, and serves HEAD", () => {
    const application = withRoutes({ "GET /reports": authorized("functions/reports.ts") });
    const routes = routesIn(synthesize({ application, trustedOrigins: ["https://www.example.com"] }));
    expect(routes["HEAD /reports"]?.AuthorizationType).toBe("CUSTOM");
  });

  test("a function that is not for production is rejected behind the authorizer too", () => {
    const application = {
      ...withRoutes({ "GET /reports": authorized("functions/reports.ts") }),
      notForProduction: ["functions/reports.ts"],
    } as const;
    expect(() => synthesize({ application, stage: "prod" })).toThrow("would deploy functions/reports.ts");
  });

  test("the cookie's path may be that of a route with the authorizer, whose function has no session", () => {
    const application = withRoutes({ "GET /reports/{id}": authorized("functions/reports.ts") });
    expect(() => synthesize({ application, cookieName: "session", cookiePath: "/reports" })).not.toThrow();
  });

  test("the files of routes are those of their functions and of the authorizer, each once", () => {
    const routes = { "GET /a": "functions/a.ts", "GET /b": "functions/a.ts" } as const;
    expect(filesOf(routes)).toEqual(["functions/a.ts"]);
    expect(filesOf({ ...routes, "GET /c": authorized(SERVICE) })).toEqual(["functions/a.ts", AUTHORIZER]);
    expect(fileOf(authorized("functions/b.ts"))).toBe("functions/b.ts");
    expect(fileOf(authorized(SERVICE))).toBeUndefined();
  });
});
