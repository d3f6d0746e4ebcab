import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyBlock, type PageBlock, pageBlocks, providerApiBlocks } from "../page-block.ts";
import { AdoptedProject } from "./adopted-project.ts";

describe("docs/recipes.md and a section of docs/sign-in.md, followed in a project that was adopted without the demo,", () => {
  const project = new AdoptedProject();
  beforeAll(() => project.adopt("web-shop", "--without-demo"));
  afterAll(() => project.remove());

  const recipes = pageBlocks(project.read("docs/recipes.md"));
  const sections = Map.groupBy(
    [...recipes, ...providerApiBlocks(project.read("docs/sign-in.md"))],
    ({ section }) => section,
  );

  test.each([...sections])("every step of the recipe *%s* succeeds in an adopted project", (_, steps) => {
    expect(steps.filter(({ language }) => language === "sh").length).toBeGreaterThan(0);
    for (const step of steps) follow(step);
  });

  test("the store of the recipe keeps sessions after a restart", async () => {
    const cookies: string[] = [];
    for (const visits of [1, 2]) {
      const { url, stop } = await project.start("--", "-c", "storage=sqlite");
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
