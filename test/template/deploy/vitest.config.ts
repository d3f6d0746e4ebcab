import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/template/deploy/{story,change,leftovers}/*.deploy.ts"],
    // Runs one file at a time, because the functions need the processor, too.
    fileParallelism: false,
    // Prints the seconds of a deployment at once.
    disableConsoleIntercept: true,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
