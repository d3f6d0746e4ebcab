import type { Effort } from "../measure.ts";
import type { Table } from "../table.ts";
import { cookieBytes, zlibChange, zlibRead } from "./compression.ts";
import { change, noCookie, read, readNested, tampered } from "./cookies.ts";
import { bundleSize, event, load } from "./functions.ts";
import { keys } from "./keys.ts";
import { routesEvent, routesLoad } from "./routes.ts";
import { tableCalls } from "./table-calls.ts";
import { tableRead, tableSignedInRead, tableWrite } from "./table-cpu.ts";
import { tableEvent, tableLoad } from "./table-functions.ts";
import { lostUpdates, resurrections } from "./table-parallel.ts";
import { tableItem, tableUnits } from "./table-units.ts";

/** All measurements, by the name that `--rows` takes. */
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
  "routes-load": routesLoad,
  "routes-event": routesEvent,
  keys,
  "table-calls": tableCalls,
  "table-item": tableItem,
  "table-units": tableUnits,
  "table-lost": lostUpdates,
  "table-resurrected": resurrections,
  "table-read": tableRead,
  "table-signed-in-read": tableSignedInRead,
  "table-write": tableWrite,
  "table-event": tableEvent,
  "table-load": tableLoad,
};
