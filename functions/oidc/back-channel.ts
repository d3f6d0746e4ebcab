import { OptionError } from "lambda-sessions";
import { createBackChannelRoute } from "lambda-sessions/oidc";
import { sessions } from "#session-interface";
import { client, items } from "../runtime/oidc.ts";

if (items === undefined) throw new OptionError("storage", "must be dynamodb or revocable-cookie");

/**
 * `POST /sign-out/back-channel`: ends the sessions that the identity provider names. Its server sends the
 * request.
 */
export const handler = createBackChannelRoute({ client, sessions, items });
