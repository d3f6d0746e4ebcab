import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdoptedProject } from "./adopted-project.ts";
import { visit } from "./visit.ts";

describe("a project that was adopted with the demo", () => {
  const project = new AdoptedProject();
  beforeAll(() => project.adopt("@acme/web-shop", "--stack", "Acme-Shop"));
  afterAll(() => project.remove());

  test("starts, and shows the demo", async () => {
    const { url, stop } = await project.start();
    try {
      await visit(url);
      expect(await (await fetch(url)).text()).toContain("<title>A session at work</title>");
    } finally {
      await stop();
    }
  });

  // What differs from the template are names; the whole suite is run without the demo.
  test("passes the tests of all that its name or the demo is part of", () => {
    const folders = [
      "test/infra",
      "test/functions",
      "test/template/github",
      "test/template/architecture.test.ts",
    ];
    expect(project.sh(`npx vitest run ${folders.join(" ")} 2>&1`)).toMatch(/Test Files .*\d+ passed/);
  });

  test("passes lint, types and synthesis, and its stack has the name that was given", () => {
    project.sh("npm run check");
    expect(project.sh("npx cdk list")).toContain("Acme-Shop");
  });
});
