import { afterEach, expect, test } from "vitest";
import { ExampleProject } from "./example-project.ts";

const HANDLER = `import { withSession } from "./runtime/session.ts";

/** Shows the number of visits. */
export const handler = withSession((_event, session) => ({ visits: session.get("visits") }));
`;

const projects: ExampleProject[] = [];
afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
});

function follow(code: string, routes = "", packages: readonly string[] = []): ExampleProject {
  const project = new ExampleProject({ files: new Map([["functions/hello.ts", code]]), routes, packages });
  projects.push(project);
  return project;
}

test("an example's routes are added, and replace those with the same keys", () => {
  const project = follow(HANDLER, `"GET /": "functions/hello.ts",\n"POST /hello": "functions/hello.ts",`);
  const routes = project.read("infra/routes.ts");
  expect(routes).toContain(
    'export const ROUTES: Routes = {\n  "GET /": "functions/hello.ts",\n  "POST /hello": "functions/hello.ts",\n',
  );
  expect(routes).not.toContain('"GET /": "functions/home.ts"');
  expect(routes).toContain('"GET /visits": "functions/visits.ts"');
  project.check();
});

test("an example with a wrong type, or in another style, is rejected with the tool's message", () => {
  expect(() => follow(HANDLER.replace('"visits"', '"visit"')).check()).toThrow(/hello\.ts.*error TS/s);
  expect(() => follow(HANDLER.replaceAll('"', "'")).check()).toThrow(/hello\.ts.*format/s);
});

test("an example that installs a package which the tests do not have is rejected with the remedy", () => {
  expect(() => follow(HANDLER, "", ["no-such-package"])).toThrow(
    "no-such-package is not installed: add it to test/template/frameworks/package.json",
  );
});
