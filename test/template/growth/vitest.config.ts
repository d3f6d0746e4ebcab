import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/template/growth/*.growth.ts"],
    testTimeout: 30 * 60_000,
    hookTimeout: 120_000,
    bail: 1,
  },
});
