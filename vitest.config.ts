import { defineConfig } from "vitest/config";
// library
// Chooses the seed of random cases before there are workers, which then have the same.
import "./test/support/proofs.ts";

/** Gives properties the seed. */
const SEEDED = "test/support/proofs.ts";

/** Tests of the library that replace modules, so that each needs a worker of its own. */
const MOCKING = [
  "test/shared/keys/rotation-simulation.test.ts",
  "test/shared/keys/secret-rotation-function.test.ts",
  "test/shared/stores/try-until-done.test.ts",
];

/** Tests of the local run, which bundle functions and start processes. */
const LOCAL_RUN = "test/shared/local-run/**/*.test.ts";
// /library

/**
 * Names of variables that would change the tests: a developer has those of AWS and of the functions for other
 * work, in a hook of git those of git name the developer's repository, and no proxy reaches a test's servers.
 */
const NOT_FOR_TESTS =
  /^(AWS_|CDK_(?!DISABLE_)|GIT_|OIDC_|SESSION_|NODE_USE_ENV_PROXY$|PUBLIC_ORIGIN$|SIGN_IN$)/;
for (const name of Object.keys(process.env)) if (NOT_FOR_TESTS.test(name)) delete process.env[name];

export default defineConfig({
  test: {
    // Environment of the functions that tests import; a test may stub other variables.
    env: {
      SESSION_SECRET_KEYS: JSON.stringify(["a secret key of at least 32 bytes, for tests"]),
      NODE_ENV: "test",
    },
    // Nearly every visit of a test begins a session, and the functions log it.
    onConsoleLog: (log) => !log.includes('"event":"session_began"'),
    // Ends tests that hang. The others are fast, but not on a machine that is busy with other work.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    restoreMocks: true,
    unstubEnvs: true,
    maxWorkers: "100%",
    pool: "threads",
    projects: [
      {
        extends: true,
        test: {
          name: "infra",
          include: [
            // Tests that load the CDK, bundle functions or start processes.
            "test/infra/**/*.test.ts",
            // library
            LOCAL_RUN,
            // /library
            // workshop
            "test/template/{infra,keys,local}/**/*.test.ts",
            // /workshop
          ],
          // The CDK hands its standard error to esbuild, which a thread has none of.
          pool: "forks",
          // One worker loads the CDK once for all of its files, and synthesizes each stack once.
          isolate: false,
        },
      },
      // library
      {
        extends: true,
        test: {
          name: "library",
          include: ["test/shared/**/*.test.ts"],
          exclude: [...MOCKING, LOCAL_RUN],
          setupFiles: SEEDED,
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: "library with replaced modules", include: MOCKING, setupFiles: SEEDED },
      },
      // /library
      {
        extends: true,
        test: {
          name: "functions",
          include: ["test/functions/**/*.test.ts"],
          // Each test loads the functions itself, so a worker of its own would add nothing.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "others",
          include: ["test/**/*.test.ts"],
          exclude: [
            // Folders of the projects above.
            "test/{functions,infra}/**",
            // library
            "test/shared/**",
            // /library
            // workshop
            "test/template/{infra,keys,local}/**",
            // /workshop
            "**/node_modules/**",
          ],
        },
      },
    ],
  },
});
