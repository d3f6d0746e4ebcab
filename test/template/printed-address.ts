import type { ChildProcess } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

/** Longest time until a program prints its address. */
const MOST_SECONDS = 120;

/** The output of a program so far, and the address in it. */
export interface PrintedAddress {
  /** The first address of this machine that the program prints, such as `http://localhost:3000`. */
  readonly url: Promise<string>;
  /** Everything that the program has printed, without colours: programs print them with `CI=true`, too. */
  readonly output: string;
}

/**
 * Reads the output of a program until it ends, because a full pipe would block the program. `url` is rejected
 * with the output if the program ends without an address or prints none in two minutes, after which it is
 * killed.
 */
export function readPrintedAddress(child: ChildProcess): PrintedAddress {
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  let raw = "";
  const output = () => stripVTControlCharacters(raw);
  const read = (chunk: Buffer) => {
    raw += chunk;
    const [address] = /http:\/\/(?:localhost|127\.0\.0\.1):\d+(?=\/?\s)/.exec(output()) ?? [];
    if (address !== undefined) resolve(address);
  };
  const fail = (problem: string) => reject(new Error(`${problem}. Its output:\n${output()}`));
  const limit = setTimeout(() => {
    fail(`The program printed no address in ${MOST_SECONDS} seconds`);
    child.kill("SIGKILL");
  }, MOST_SECONDS * 1000);
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  child.once("error", reject);
  child.once("close", () => fail("The program ended before it printed its address"));
  void url.catch(() => undefined).then(() => clearTimeout(limit));
  return {
    url,
    get output() {
      return output();
    },
  };
}
