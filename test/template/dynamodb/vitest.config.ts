import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/template/dynamodb/*.dynamodb.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
