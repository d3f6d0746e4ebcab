import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { bundleWithMap, toSourceTrace } from "../../../infra/stack-trace.ts";
import { deployedBundle } from "../../infra/bundles.ts";

const SOURCE = `class Basket {
  price(item: string): number {
    throw new Error("There is no price of " + item);
  }
}

async function readTotal(basket: Basket, items: readonly string[]): Promise<number> {
  await Promise.resolve();
  return items.map((item) => basket.price(item)).length;
}

export const handler = async () => ({ total: await readTotal(new Basket(), ["pear", "fig"]) });
`;

/** Result of {@link toSourceTrace} for the stack trace of SOURCE. */
const TRACE = [
  "Error: There is no price of pear",
  "    at functions/total.ts:3:11",
  '        throw new Error("There is no price of " + item);',
  "    at functions/total.ts:9:37",
  "        return items.map((item) => basket.price(item)).length;",
  "    at Array.map (<anonymous>)",
  "    at functions/total.ts:9:16",
  "        return items.map((item) => basket.price(item)).length;",
  "    at async functions/total.ts:12:46",
  '        export const handler = async () => ({ total: await readTotal(new Basket(), ["pear", "fig"]) });',
];

/** Returns a bundle that fails, and its stack trace as Lambda logs it. */
async function failingBundle() {
  const root = mkdtempSync(join(tmpdir(), "stack-trace-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "functions"));
  writeFileSync(join(root, "functions/total.ts"), SOURCE);
  const bundle = await bundleWithMap("functions/total.ts", ["cookie"], root);
  writeFileSync(join(root, "index.mjs"), bundle.text);
  const { href } = pathToFileURL(root);
  const script = `const { handler } = await import(${JSON.stringify(`${href}/index.mjs`)});
    await handler().catch(({ stack }) => console.log(stack));`;
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const trace = stdout.replaceAll(href, "file:///var/task");
  return { bundle, trace: trace.replace(/\n\s+at async file:[^\n]*\[eval1\].*/s, "") };
}

describe("npm run stack-trace", () => {
  test("the stack trace of a minified bundle is printed with the files, lines and code of its sources", async () => {
    const { bundle, trace } = await failingBundle();
    expect(trace).toMatch(/at \w+ \(file:\/\/\/var\/task\/index\.mjs:\d+:\d+\)/);
    expect(toSourceTrace(trace, bundle).split("\n")).toEqual(TRACE);
  });

  test("a stack trace inside a log entry in JSON is printed with its sources", async () => {
    const { bundle, trace } = await failingBundle();
    const printed = toSourceTrace(JSON.stringify({ level: "ERROR", stack: trace }), bundle);
    for (const line of TRACE) expect(printed).toContain(line);
  });

  test("a position behind the bundle's end is refused, because the trace comes from another commit", async () => {
    const { bundle } = await failingBundle();
    expect(() => toSourceTrace("at a (file:///var/task/index.mjs:900:1)", bundle)).toThrow(
      "The bundle has no position 900:1. Check out the commit that is deployed.",
    );
  });

  test.each([
    ["functions/visits.ts", ["cookie"], []],
    ["functions/visits.ts", ["dynamodb"], ["dynamodb"]],
    ["functions/visits.ts", ["dynamodb", "header-transport"], ["dynamodb", "header-transport"]],
    ["functions/schedule/rotate-keys.ts", ["revocable-cookie"], []],
  ] as const)(
    "the bundle whose source map is read is the deployed one of %s with %j",
    async (file, given, conditions) => {
      const { text } = await bundleWithMap(file, given);
      expect(text === deployedBundle(PROJECT_ROOT, file, ...conditions)).toBe(true);
    },
  );

  test("the command refuses a file that is no function, and names an example", () => {
    const args = ["infra/stack-trace.ts", "functions/nothing.ts"];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: PROJECT_ROOT, encoding: "utf8" });
    expect([status, stderr]).toEqual([
      1,
      "Name the function's file: npm run stack-trace -- functions/home.ts < trace.txt\n",
    ]);
  });

  test("the command refuses a condition that no bundle has, because the positions would be those of another", () => {
    const args = ["infra/stack-trace.ts", "functions/visits.ts", "storage=dynamodb"];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: PROJECT_ROOT, encoding: "utf8" });
    expect([status, stderr]).toEqual([
      1,
      "There is no condition storage=dynamodb. Name the value of the setting storage, such as dynamodb, and header-transport with sessionTransport.\n",
    ]);
  });

  test("the command reads a stack trace from its input and prints it with the sources", async () => {
    const { text } = await bundleWithMap("functions/visits.ts", []);
    const lines = text.split("\n");
    const line = lines.findIndex((one) => one.includes('increment("visits")'));
    const column = lines[line]?.indexOf('increment("visits")') ?? 0;
    const { stdout } = spawnSync(process.execPath, ["infra/stack-trace.ts", "functions/visits.ts"], {
      cwd: PROJECT_ROOT,
      encoding: "utf8",
      input: `Error: late\n    at async xe (file:///var/task/index.mjs:${line + 1}:${column + 1})\n`,
    });
    expect(stdout).toMatch(
      /^Error: late\n {4}at async functions\/visits\.ts:\d+:\d+\n {8}.*increment\("visits"\).*\n$/,
    );
  });
});
