import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Output } from "../../../shared/local-run/output.ts";

const ESCAPE = "\u001B";

function printed(tty: boolean): string {
  const getColorDepth = () => WriteStream.prototype.getColorDepth();
  const stream = Object.assign(new PassThrough(), { isTTY: tty, getColorDepth });
  const output = new Output(stream);
  output.printRequest({ method: "GET", path: "/get", statusCode: 500, milliseconds: 12.4 });
  output.printFunctionOutput("get", "one\ntwo\n");
  output.printFailure("get", "Error: boom\n    at handler");
  output.printRebuilt(["get", "set"]);
  output.printBuildFailure(["get"], "what is wrong");
  output.printNote("a warning");
  return String(stream.read());
}

const PLAIN = `GET /get 500 12 ms
[get] one
[get] two
[get] Error: boom
[get]     at handler
Rebuilt: get, set
Build failed: get
what is wrong
a warning
`;

describe("the output", () => {
  beforeEach(() => {
    for (const name of ["CI", "COLORTERM", "FORCE_COLOR", "NODE_DISABLE_COLORS", "NO_COLOR", "TMUX"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("TERM", "xterm-256color");
  });
  afterEach(() => vi.unstubAllEnvs());

  test("output has no colours if the stream is not a terminal", () => {
    expect(printed(false)).toBe(PLAIN);
  });

  test("output has colours on a terminal, but not with NO_COLOR", () => {
    expect(printed(true)).toContain(ESCAPE);
    vi.stubEnv("NO_COLOR", "1");
    expect(printed(true)).toBe(PLAIN);
  });
});
