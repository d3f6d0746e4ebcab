import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/template/deploy/{story,change,leftovers}/*.deploy.ts"],
    // One after the other: the functions need the processor, too.
    fileParallelism: false,
    // The seconds of a deployment are told at once.
    disableConsoleIntercept: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
