import { type FSWatcher, watch } from "node:fs";

/** Milliseconds without another change after which a save is complete. */
const QUIET = 30;

/**
 * Calls back when something in a set of folders has changed, once for changes that belong together. It is not
 * reliable: some file systems report nothing, and a folder that cannot be watched is ignored.
 */
export class SourceWatcher {
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches more folders, in addition to those of earlier calls. */
  add(folders: readonly string[]): void {
    for (const folder of folders) {
      if (!this.#closed && !this.#watchers.has(folder)) this.#watch(folder);
    }
  }

  /** Stops watching. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#noteChange());
      watcher.on("error", () => watcher.close());
      this.#watchers.set(folder, watcher);
    } catch {}
  }

  #noteChange(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, QUIET);
  }
}
