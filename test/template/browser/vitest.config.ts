import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/template/browser/*.browser.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Runs one file at a time, because each starts a browser and a stack.
    fileParallelism: false,
  },
});
