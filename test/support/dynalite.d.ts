/**
 * dynalite, a DynamoDB on LevelDB (https://github.com/architect/dynalite), which has no type declarations.
 */
declare module "dynalite" {
  import type { Server } from "node:http";

  /** Options that differ from the server's defaults. */
  export interface DynaliteOptions {
    /** Folder for the data. Default: memory. */
    readonly path?: string;
    /** Milliseconds until a new table is active. Default: 500. */
    readonly createTableMs?: number;
    /** Milliseconds until a table is deleted. Default: 500. */
    readonly deleteTableMs?: number;
    /** Milliseconds until a change of a table is complete. Default: 500. */
    readonly updateTableMs?: number;
    /** Maximum size of an item in kilobytes. Default: 400, as on AWS. */
    readonly maxItemSizeKb?: number;
  }

  /** Creates a server, which does not listen yet. Closing it closes its data. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
