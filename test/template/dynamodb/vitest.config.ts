import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/template/dynamodb/*.dynamodb.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    restoreMocks: true,
  },
});
