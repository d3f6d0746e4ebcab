import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/bench/**"],
    // What the functions find when a test imports one; it may stub others.
    env: { SESSION_SECRET_KEYS: JSON.stringify(["a secret key of at least 32 bytes, for tests"]) },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
