import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { isRunning, killAtExit } from "../support/child-process.ts";
import { readPrintedAddress } from "./printed-address.ts";

const children: ChildProcess[] = [];

afterEach(() => {
  vi.useRealTimers();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function run(program: string): ChildProcess {
  const child = spawn(process.execPath, ["--eval", program], { stdio: ["ignore", "pipe", "pipe"] });
  killAtExit(child);
  children.push(child);
  return child;
}

test("the address of a program is found, although the program colours the port", async () => {
  const child = run(String.raw`console.log("Local: \x1b[36mhttp://localhost:\x1b[1m5173\x1b[22m/\x1b[39m")`);
  const printed = readPrintedAddress(child);
  expect(await printed.url).toBe("http://localhost:5173");
  expect(printed.output).toContain("Local: http://localhost:5173/\n");
});

test("an address that arrives in two parts is found whole", async () => {
  const program = `process.stdout.write("http://127.0.0.1:80"); setTimeout(() => console.log("80"), 50)`;
  expect(await readPrintedAddress(run(program)).url).toBe("http://127.0.0.1:8080");
});

test("a program that ends without an address is reported with its output", async () => {
  const printed = readPrintedAddress(run(`console.error("The port is in use")`));
  await expect(printed.url).rejects.toThrow(/ended before it printed its address.*The port is in use/s);
});

test("a program that prints no address in two minutes is killed, and reported with its output", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const child = run(`console.log("Starting"); setInterval(() => {}, 1000)`);
  const printed = readPrintedAddress(child);
  if (child.stdout) await once(child.stdout, "data");
  vi.advanceTimersByTime(120_000);
  await expect(printed.url).rejects.toThrow(/no address in 120 seconds.*Starting/s);
  if (isRunning(child)) await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
});
