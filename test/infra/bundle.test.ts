import { describe, expect, test, vi } from "vitest";
import { filesOf } from "../../infra/authorized.ts";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { type FunctionFile, PROVIDER_CLIENTS, ROTATION_FUNCTION, routesOf } from "../../infra/routes.ts";
import {
  answerOf,
  type Bundle,
  bundlesOf,
  cookiesAfter,
  deployedBundle,
  FORBIDDEN,
  foreignImports,
  packagesIn,
} from "./bundles.ts";
import { FIXTURE, fixtureFiles } from "./fixture/application.ts";

const bundles = await bundlesOf(FIXTURE.root, fixtureFiles({ hasTable: false }), "cookie");

function bundleOf(entry: FunctionFile): Bundle {
  const found = bundles.find((bundle) => bundle.entry === entry);
  if (!found) throw new Error(`no bundle of ${entry}`);
  return found;
}

test("each function of the routes has a bundle", () => {
  expect(bundles.map(({ entry }) => entry).toSorted()).toEqual(fixtureFiles({ hasTable: false }).toSorted());
});

describe.each(bundles)("the bundle of $entry", (bundle) => {
  test("a bundle imports only Node's own modules at run time", () => {
    expect(foreignImports(bundle)).toEqual([]);
  });

  test("a bundle for storage=cookie contains no AWS SDK, no source map and no path of this machine", () => {
    expect(packagesIn(bundle).filter((name) => /^@(aws-sdk|smithy)\//.test(name))).toEqual([]);
    const found = Object.entries(FORBIDDEN).filter(([, sign]) => bundle.text.includes(sign));
    expect(found.map(([what]) => what)).toEqual([]);
  });

  test("a bundle of a route contains no code of the key rotation", () => {
    const { inputs, text } = bundle;
    expect(Object.keys(inputs).filter((path) => /rotation|key-ring|versions/.test(path))).toEqual([]);
    expect(text.includes("AWSPENDING")).toBe(false);
  });
});

test("the bundle of the rotation function contains no code of sessions, cookies or the AWS SDK", async () => {
  const [rotation] = await bundlesOf(PROJECT_ROOT, [ROTATION_FUNCTION]);
  const paths = Object.keys(rotation?.inputs ?? {});
  expect(paths).toContain(ROTATION_FUNCTION);
  expect(paths.filter((path) => /^shared\/(session|cookie|users|server-side|stores)\//.test(path))).toEqual(
    [],
  );
  expect(packagesIn(rotation as Bundle)).toEqual(["aws4"]);
});

test("only the functions of PROVIDER_CLIENTS contain code that keeps or refreshes a provider's tokens", async () => {
  const routes = routesOf({ hasTable: true, hasOidc: true, hasBackChannel: true });
  const own = await bundlesOf(PROJECT_ROOT, filesOf(routes), "dynamodb");
  const holders = own.filter(({ inputs }) =>
    Object.entries(inputs).some(
      ([path, { bytesInOutput }]) => path.includes("/oidc/tokens/") && bytesInOutput > 0,
    ),
  );
  expect(holders.map(({ entry }) => entry)).toEqual(PROVIDER_CLIENTS);
});

test("a session that one process stored is read by another process with the same bundle", async () => {
  const value = bundleOf("functions/value.ts");
  const cookies = cookiesAfter(await answerOf(value, "GET /set"));
  expect(cookies).toEqual([expect.stringMatching(/^__Host-session=/)]);
  expect((await answerOf(value, "GET /get", { cookies })).body).toBe("stored");
});

test("the bundle of a function without a session answers without secret keys", async () => {
  const environment = { SESSION_SECRET_KEYS: "" };
  const { statusCode } = await answerOf(bundleOf("functions/not-found.ts"), "GET /nowhere", { environment });
  expect(statusCode).toBe(404);
});

test("the deployed bundle of a function equals the tested one byte for byte", () => {
  const deployed = deployedBundle(FIXTURE.root, "functions/value.ts", "cookie");
  expect(deployed === bundleOf("functions/value.ts").text).toBe(true);
});

test("functions are bundled without another command, which would take longer than the bundling", () => {
  vi.stubEnv("PATH", "");
  const deployed = ["cookie", "dynamodb"].map((storage) =>
    deployedBundle(FIXTURE.root, "functions/value.ts", storage),
  );
  vi.unstubAllEnvs();
  expect(new Set(deployed).size).toBe(2);
});
