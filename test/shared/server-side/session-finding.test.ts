import { Session } from "node:inspector/promises";
import { expect, test } from "vitest";
import { ServerSideFixture, seen } from "./server-side-fixture.ts";

/** Returns how many function calls of one file V8 counts while `run` runs. */
async function countCalls(file: string, run: () => Promise<unknown>): Promise<number> {
  const inspector = new Session();
  inspector.connect();
  try {
    await inspector.post("Profiler.enable");
    await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    await run();
    const { result } = await inspector.post("Profiler.takePreciseCoverage");
    const functions = result.filter(({ url }) => url.endsWith(file)).flatMap((script) => script.functions);
    return functions.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
  } finally {
    inspector.disconnect();
  }
}

test("the search for a session takes as many steps for each of 400 forged cookies as for each of 100", async () => {
  const visitor = new ServerSideFixture().makeVisitor();
  const forged = (count: number) => [
    Array.from({ length: count }, (_, i) => `__Host-session=${i}`).join("; "),
  ];
  const few = await countCalls("/session-finding.ts", () => visitor.visit(seen, { cookies: forged(100) }));
  const many = await countCalls("/session-finding.ts", () => visitor.visit(seen, { cookies: forged(400) }));
  expect(few).toBeGreaterThanOrEqual(100);
  expect(many).toBeLessThanOrEqual(4 * few);
});
