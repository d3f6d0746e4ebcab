import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdoptedProject } from "./adopted-project.ts";
import { applyBlock, type PageBlock, pageBlocks } from "./page-block.ts";
import { visit } from "./visit.ts";

describe("a project that was adopted without the demo", () => {
  const project = new AdoptedProject();
  beforeAll(() => project.adopt("web-shop", "--without-demo"));
  afterAll(() => project.remove());

  test("starts, and its plain pages answer", async () => {
    const { url, stop } = await project.start();
    try {
      await visit(url);
      expect((await fetch(`${url}/nowhere`)).status).toBe(404);
      expect(await (await fetch(url)).text()).toContain("<title>Home</title>");
    } finally {
      await stop();
    }
  });

  test("passes its tests", () => {
    expect(project.sh("npm test 2>&1")).toMatch(/Test Files .*\d+ passed/);
  });

  test("passes lint, types and synthesis, and its stack has its name", () => {
    project.sh("npm run check");
    expect(project.sh("npx cdk list")).toContain("WebShop");
  });

  test("is committed as it is: nothing that was run left anything behind", () => {
    expect(project.sh("git status --porcelain")).toBe("");
  });

  describe.each(["Add a handler", "Bring your own store"])("with the recipe *%s*", (section) => {
    const steps = pageBlocks(project.read("docs/recipes.md")).filter((block) => block.section === section);

    test("does what each step says", () => {
      expect(steps.filter(({ language }) => language === "sh").length).toBeGreaterThan(0);
      for (const step of steps) follow(step);
    });
  });

  test("keeps sessions in the store of the recipe, from one start to the next", async () => {
    const cookies: string[] = [];
    for (const visits of [1, 2]) {
      const { url, stop } = await project.start("--", "-c", "store=sqlite");
      try {
        const response = await fetch(`${url}/visits`, { headers: { cookie: cookies.join() } });
        expect(await response.json()).toEqual({ visits });
        cookies.push(...response.headers.getSetCookie().map((cookie) => cookie.split(";", 1).join()));
      } finally {
        await stop();
      }
    }
  });

  function follow(step: PageBlock): void {
    const commands = step.language === "sh" ? step.code.trim().split("\n") : [];
    for (const command of commands) project.sh(command);
    if (commands.length === 0) applyBlock(project.root, step);
  }
});
