import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { commandEnvironment } from "./project-copy.ts";

/** Variables of a developer that would change the tests. */
const OWN = {
  AWS_PROFILE: "work",
  AWS_LAMBDA_LOG_FORMAT: "JSON",
  CDK_DEFAULT_ACCOUNT: "123456789012",
  GIT_DIR: "/home/ada/project/.git/worktrees/topic",
  GIT_INDEX_FILE: "/home/ada/project/.git/index.lock",
  NODE_USE_ENV_PROXY: "1",
  OIDC_ISSUER: "https://accounts.example.com",
  PUBLIC_ORIGIN: "https://app.example.com",
  SESSION_SETTINGS: '{"lifetime":60}',
  SIGN_IN: "oidc",
};

/** Variables that tests keep. */
const KEPT = { CI: "true", CDK_DISABLE_CLI_TELEMETRY: "true", GITHUB_ACTIONS: "true", PROOFS: "all" };

test("npm test keeps the AWS profile, the settings and the git repository of the developer out of the tests", async () => {
  const config = JSON.stringify(new URL("../../vitest.config.ts", import.meta.url));
  const program = `const { default: { test: { env } } } = await import(${config});
    console.log(JSON.stringify([env, process.env]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    env: { ...process.env, ...OWN, ...KEPT, NODE_ENV: "production" },
  });
  const [env, environment] = JSON.parse(stdout);
  expect(Object.keys(OWN).filter((name) => name in environment)).toEqual([]);
  expect(environment).toMatchObject(KEPT);
  expect(env).toMatchObject({ NODE_ENV: "test" });
});

test("a command in a copy uses the developer's registry, and neither the colours nor the npm of the test run", () => {
  const registry = {
    npm_config_registry: "https://npm.example.com/",
    NPM_CONFIG_USERCONFIG: "/home/ada/.npmrc",
  };
  const others = {
    npm_config_local_prefix: PROJECT_ROOT,
    npm_lifecycle_event: "test",
    npm_config_noproxy: "",
  };
  for (const [name, value] of Object.entries({ ...registry, ...others })) vi.stubEnv(name, value);
  const environment = commandEnvironment();
  expect(environment).toMatchObject({ ...registry, npm_config_ignore_scripts: "false" });
  expect(Object.keys(others).filter((name) => name in environment)).toEqual([]);
});
