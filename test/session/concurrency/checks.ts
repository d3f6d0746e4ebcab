import { lostIncrements } from "./check-counters.ts";
import { resurrections } from "./check-endings.ts";
import { lostFlashes } from "./check-flashes.ts";
import { racedOut } from "./check-innocents.ts";
import { oldTokens } from "./check-tokens.ts";
import { lostUpdates } from "./check-updates.ts";
import { surplusSessions } from "./check-users.ts";
import type { History } from "./history.ts";
import type { Violation } from "./violation.ts";

/** What no load may do. */
const ALWAYS = [lostUpdates, lostIncrements, lostFlashes, resurrections, oldTokens, surplusSessions] as const;

/** All promises that a history breaks. */
export function violationsIn(history: History): Violation[] {
  const checks = history.isOrderly ? [...ALWAYS, racedOut] : ALWAYS;
  return checks.flatMap((check) => check(history));
}
