import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/runtime/*.runtime.ts"], testTimeout: 30_000, hookTimeout: 120_000 },
});
