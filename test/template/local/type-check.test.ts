import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { Output } from "../../../shared/local-run/output.ts";
import { TypeCheck } from "../../../shared/local-run/type-check.ts";
import { LocalProject } from "../../shared/local-run/local-project.ts";
import { Terminal } from "../../shared/local-run/terminal.ts";

const TSCONFIG = JSON.stringify({
  compilerOptions: { strict: true, noLib: true, types: [] },
  include: ["*.ts"],
});

/** Types that the compiler needs without a library. */
const GLOBALS = ["Array<T>", "Boolean", "CallableFunction", "Function", "IArguments", "NewableFunction"]
  .concat(["Number", "Object", "RegExp", "String"])
  .map((name) => `interface ${name} {}`)
  .join("\n");

async function makeCheck(files: Readonly<Record<string, string>>, hasTypeScript = true) {
  const project = await LocalProject.make({
    "tsconfig.json": TSCONFIG,
    "package.json": "{}",
    "globals.d.ts": GLOBALS,
    ...files,
  });
  if (hasTypeScript) await symlink(join(PROJECT_ROOT, "node_modules"), join(project.root, "node_modules"));
  const terminal = new Terminal();
  const types = new TypeCheck(project.root, new Output(terminal));
  onTestFinished(() => types.close());
  return { project, terminal, types };
}

describe("the check of types", () => {
  test("the type check prints nothing if there is no error", async () => {
    const { terminal, types } = await makeCheck({ "a.ts": "export const a: number = 1;" });
    await types.check();
    expect(terminal.text).toBe("");
  });

  test("the type check prints errors with file and line once, and when they are solved", async () => {
    const wrong = "export const a: number = 1;\nexport const b: number = `1`;";
    const { project, terminal, types } = await makeCheck({ "a.ts": wrong });
    await types.check();
    await types.check();
    expect(terminal.text).toBe(
      "Type errors: 1\n  a.ts:2:14 TS2322: Type 'string' is not assignable to type 'number'.\n",
    );
    await project.write("a.ts", "export const b: number = 1;");
    await types.check();
    expect(terminal.text).toMatch(/\nAll type errors are solved\.\n$/);
  });

  test("the type check prints the first eight errors, and the command that lists all", async () => {
    const { terminal, types } = await makeCheck({ "a.ts": "wrong();\n".repeat(10) });
    await types.check();
    expect(terminal.text).toMatch(
      /^Type errors: 10\n( {2}a\.ts:\d:1 TS2304: .*\n){8} {2}and 2 more\. Run npm run types/,
    );
  });

  test("the type check prints how to install TypeScript if it is missing", async () => {
    const { terminal, types } = await makeCheck({ "a.ts": "" }, false);
    await types.check();
    expect(terminal.text).toBe(
      "Types are not checked, because TypeScript is not installed. Run npm ci to install it, or npm start -- --no-types to work without.\n",
    );
  });
});
