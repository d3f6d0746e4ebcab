import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/template/frameworks/*.frameworks.ts"],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Each file starts a local run, which synthesizes a stack and bundles its functions.
    maxWorkers: 2,
  },
});
