import { OptionError } from "lambda-sessions";
import {
  createWithSession as createWithHeaders,
  type TransportOptions,
} from "lambda-sessions/header-transport";
import type { Environment } from "lambda-sessions/keys";
import type { WithSessionOptions } from "lambda-sessions/lambda";
import { settingsFrom } from "./environment.ts";

/**
 * Creates `withSession` for sessions whose tokens are in headers: the condition `header-transport`, which
 * `sessionTransport=header` and `sessionTransport=both` set.
 */
export function createWithSession<D extends object>(options: WithSessionOptions) {
  return createWithHeaders<D>({ ...options, ...headerTransportFrom(process.env) });
}

/**
 * Returns the options of sessions in headers: SESSION_TRANSPORT, `header` or `both`, and the session
 * settings.
 *
 * @throws OptionError that names the variable
 */
export function headerTransportFrom(environment: Environment): TransportOptions {
  const { SESSION_TRANSPORT: transport } = environment;
  if (transport === "header" || transport === "both")
    return { transport, settings: settingsFrom(environment) };
  throw new OptionError("SESSION_TRANSPORT", "must be header or both");
}
