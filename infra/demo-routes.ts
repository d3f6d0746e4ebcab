import type { FunctionFile, Routes } from "./routes.ts";

/**
 * The page that shows a session at work, which takes some routes of `routes.ts` over to tell what they cost. Without these
 * and `functions/demo/` the others are as they were, and what no route matches gets API Gateway's own 404.
 */
export const DEMO_ROUTES: Routes = {
  "GET /": "functions/demo/home.ts",
  "POST /visits": "functions/demo/visits.ts",
  "POST /keys": "functions/demo/keys.ts",
  "POST /tamper": "functions/demo/tamper.ts",
  "POST /sign-in": "functions/demo/sign-in.ts",
  "POST /sign-out": "functions/demo/sign-out.ts",
  $default: "functions/demo/not-found.ts",
};

/** Likewise, of a deployment that can list and end its users' sessions. */
export const DEMO_USER_SESSION_ROUTES: Routes = {
  "POST /sessions/end": "functions/demo/sessions-end.ts",
};

/** The demo's functions that have no session. */
export const DEMO_SESSIONLESS: readonly FunctionFile[] = ["functions/demo/not-found.ts"];
