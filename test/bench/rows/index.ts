import type { Effort } from "../measure.ts";
import type { Table } from "../table.ts";
import { cookieBytes, zlibChange, zlibRead } from "./compression.ts";
import { change, noCookie, read, readNested, tampered } from "./cookies.ts";
import { bundleSize, event, load } from "./functions.ts";
import { keys } from "./keys.ts";

/** What can be measured, by the name that `--rows` takes. */
export const ROWS: Readonly<Record<string, (effort: Effort) => Promise<Table>>> = {
  read,
  "read-nested": readNested,
  change,
  "no-cookie": noCookie,
  tampered,
  "zlib-read": zlibRead,
  "zlib-change": zlibChange,
  "cookie-bytes": cookieBytes,
  event,
  bundle: bundleSize,
  load,
  keys,
};
