import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { endGroup, OWN_GROUP } from "../../../shared/local-run/process-group.ts";

test("the group of a process is ended once, and not after its end, when its id may be another's", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], OWN_GROUP);
  const kill = vi.spyOn(process, "kill");
  const exited = once(child, "exit");
  endGroup(child);
  expect(await exited).toEqual([null, "SIGKILL"]);
  const calls = kill.mock.calls.length;
  endGroup(child);
  expect(kill.mock.calls.length).toBe(calls);
  kill.mockRestore();
});
