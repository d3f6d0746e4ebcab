import { lostIncrements } from "./check-counters.ts";
import { resurrections } from "./check-endings.ts";
import { lostFlashes } from "./check-flashes.ts";
import { endedByNobody, signedOutByRace } from "./check-innocents.ts";
import { oldTokens } from "./check-tokens.ts";
import { lostUpdates } from "./check-updates.ts";
import { sessionLimits } from "./check-users.ts";
import type { History } from "./history.ts";
import type { Check, Violation } from "./violation.ts";

const CHECKS: readonly Check[] = [
  lostUpdates,
  lostIncrements,
  lostFlashes,
  resurrections,
  oldTokens,
  sessionLimits,
  endedByNobody,
  signedOutByRace,
];

/** Returns all violations in a history. */
export function violationsIn(history: History): Violation[] {
  return CHECKS.flatMap((check) => check(history));
}
