import { rotateKey } from "lambda-sessions/local-run";
import { LOCAL_PROJECT } from "./local-project.ts";

// `npm run rotate-key`. An optional argument is the folder of another project.
const [root = LOCAL_PROJECT.root] = process.argv.slice(2);
await rotateKey(root);
