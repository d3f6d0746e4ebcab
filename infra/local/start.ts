import { runLocally } from "lambda-sessions/local-run";
import { LOCAL_PROJECT } from "./local-project.ts";

// Runs the stack until a signal arrives. `start.cjs` imports this file.
await runLocally(LOCAL_PROJECT, process.argv.slice(2));
