import { statSync } from "node:fs";

/** State of a file, which differs from an earlier one if the file was saved or replaced in between. */
export interface FileStamp {
  /** Number of the file, or 0 if there is none. Another file in its place has another number. */
  readonly inode: number;
  readonly size: number;
  /** Time of the last change of the content in milliseconds since the epoch. Programs can set it. */
  readonly modifiedAt: number;
  /**
   * Time of the last change of any property in milliseconds since the epoch. Programs cannot set it, so it is
   * recent after `mv`, `cp -p`, `rsync -a` and `unzip` too.
   */
  readonly changedAt: number;
}

/** Reads the state of a file. */
export function readStamp(path: string): FileStamp {
  try {
    const { ino: inode, size, mtimeMs: modifiedAt, ctimeMs: changedAt } = statSync(path);
    return { inode, size, modifiedAt, changedAt };
  } catch {
    return { inode: 0, size: 0, modifiedAt: 0, changedAt: 0 };
  }
}
