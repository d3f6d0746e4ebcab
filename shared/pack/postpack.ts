import { restoreWorkspace } from "./manifest.ts";

restoreWorkspace();
