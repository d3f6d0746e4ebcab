import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

/**
 * Time of a stack and its provider, which tests move forward instead of waiting: `Date.now()` of this
 * process, in which the provider runs, and of the functions' processes.
 */
export class MovableClock {
  /** Variables of the functions, which read the time from this clock. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder = mkdtempSync(join(tmpdir(), "movable-clock-"));
  readonly #file = join(this.#folder, "milliseconds");
  #milliseconds = 0;

  constructor() {
    const now = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => now() + this.#milliseconds);
    writeFileSync(this.#file, "0");
    const preload = new URL("moved-date.ts", import.meta.url).href;
    this.environment = { NODE_OPTIONS: `--import=${preload}`, MOVED_BY: this.#file };
  }

  advance(seconds: number): void {
    this.#milliseconds += seconds * 1000;
    writeFileSync(this.#file, `${this.#milliseconds}`);
  }

  /** Call it after the functions have ended. */
  remove(): void {
    vi.mocked(Date.now).mockRestore();
    rmSync(this.#folder, { recursive: true });
  }
}
