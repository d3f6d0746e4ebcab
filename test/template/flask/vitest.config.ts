import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/template/flask/*.flask.ts"], testTimeout: 20_000, hookTimeout: 60_000 },
});
