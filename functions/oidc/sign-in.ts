import { createSignInRoutes, joinHooks, providerSessionLinks } from "lambda-sessions/oidc";
import { keysFrom, settingsFrom, signInFrom } from "../runtime/environment.ts";
import { client, items, tokenKeeper } from "../runtime/oidc.ts";
import { withSession } from "../runtime/session.ts";
import { CLAIMS } from "../runtime/session-data.ts";

const settings = settingsFrom(process.env);

/**
 * The routes of a sign-in at the identity provider: `GET /sign-in`, `GET` and `POST /sign-in/callback`, `POST
 * /sign-out` and `GET /signed-out`. The option `toUser` decides who the user is for this application; see
 * docs/sign-in.md.
 */
export const handler = createSignInRoutes({
  client,
  withSession,
  keys: keysFrom(process.env) ?? [],
  settings,
  claims: CLAIMS,
  hooks: joinHooks(items && providerSessionLinks({ items, settings }), tokenKeeper),
  ...signInFrom(process.env),
});
