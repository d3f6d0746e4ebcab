import { type FSWatcher, watch } from "node:fs";
import { readStamp } from "./file-stamp.ts";

/** Milliseconds without another change after which a save is complete. */
const QUIET = 30;

/**
 * Calls back when something in a set of folders has changed, once for changes that belong together. It is not
 * reliable: some file systems report nothing, and a folder that cannot be watched is ignored.
 */
export class SourceWatcher {
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number }>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches more folders, in addition to those of earlier calls. Watches a replaced folder again. */
  add(folders: readonly string[]): void {
    for (const folder of folders) {
      const { inode } = readStamp(folder);
      if (this.#closed || this.#watchers.get(folder)?.inode === inode) continue;
      this.#watchers.get(folder)?.watcher.close();
      this.#watch(folder, inode);
    }
  }

  /** Stops watching. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { watcher } of this.#watchers.values()) watcher.close();
  }

  #watch(folder: string, inode: number): void {
    try {
      const watcher = watch(folder, () => this.#noteChange());
      watcher.on("error", () => watcher.close());
      this.#watchers.set(folder, { watcher, inode });
    } catch {}
  }

  #noteChange(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, QUIET);
  }
}
