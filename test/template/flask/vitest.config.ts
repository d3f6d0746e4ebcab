import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/template/flask/*.flask.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
