import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { tryUntilDone } from "../../../shared/stores/try-until-done.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("tryUntilDone", () => {
  test.each([0, "", false, null])(
    "tryUntilDone returns the result of the first try if it is not undefined, such as %j",
    async (value) => {
      const attempt = vi.fn(async () => value);
      expect(await tryUntilDone(attempt)).toBe(value);
      expect(attempt).toHaveBeenCalledOnce();
    },
  );

  test("tryUntilDone tries until a result is returned", async () => {
    const attempt = vi.fn<() => Promise<string | undefined>>().mockResolvedValue(undefined);
    const trying = tryUntilDone(attempt);
    await vi.advanceTimersByTimeAsync(1000);
    expect(attempt.mock.calls.length).toBeGreaterThan(5);
    attempt.mockResolvedValue("done");
    await vi.advanceTimersByTimeAsync(1000);
    expect(await trying).toBe("done");
  });

  test("tryUntilDone begins a try only after the one before", async () => {
    let running = 0;
    const attempt = async (): Promise<undefined> => {
      running += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(running).toBe(1);
      running -= 1;
    };
    const trying = tryUntilDone(attempt).catch((error: Error) => error.name);
    await vi.runAllTimersAsync();
    expect(await trying).toBe("SessionUnavailableError");
  });

  test("tryUntilDone waits for random times that grow from try to try", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(1);
    const times: number[] = [];
    const trying = tryUntilDone(async () => {
      times.push(performance.now());
      return times.length < 10 ? undefined : "done";
    });
    await vi.runAllTimersAsync();
    await trying;
    const waits = times.slice(1).map((time, index) => time - (times[index] as number));
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(waits.at(-1)).toBeGreaterThan(waits[0] as number);
    expect(random).toHaveBeenCalledTimes(9);
  });

  test("tryUntilDone gives up with an error that names parallel requests", async () => {
    const attempt = vi.fn(async () => undefined);
    const trying = tryUntilDone(attempt).catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(await trying).toMatchObject({
      name: "SessionUnavailableError",
      message: expect.stringContaining("parallel requests"),
    });
    expect(attempt.mock.calls.length).toBeGreaterThan(10);
  });

  test("tryUntilDone rejects with the error of a try and does not try again", async () => {
    const attempt = vi.fn(() => Promise.reject(new RangeError("broken")));
    await expect(tryUntilDone(attempt)).rejects.toThrow(new RangeError("broken"));
    expect(attempt).toHaveBeenCalledOnce();
  });
});
