import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/template/runtime/*.runtime.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
