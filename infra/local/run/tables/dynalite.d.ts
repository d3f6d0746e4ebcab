/** dynalite, a DynamoDB on LevelDB (https://github.com/architect/dynalite), which comes without types. */
declare module "dynalite" {
  import type { Server } from "node:http";

  /** Options that differ from the server's defaults. */
  export interface DynaliteOptions {
    /** The folder that keeps the data. Default: memory. */
    readonly path?: string;
    /** Milliseconds that a new table takes. Default: 500. */
    readonly createTableMs?: number;
    /** Milliseconds that a table takes to go. Default: 500. */
    readonly deleteTableMs?: number;
    /** Milliseconds that a change of a table takes. Default: 500. */
    readonly updateTableMs?: number;
    /** Kilobytes that an item may have. Default: 400, as on AWS. */
    readonly maxItemSizeKb?: number;
  }

  /** Makes a server that does not listen yet; closing it closes its data. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
