import type { LoadKind, WeighedStep } from "./load.ts";
import { LIFETIME } from "./load.ts";

const DATA: readonly WeighedStep[] = [
  [6, "set", "a", "b", "c"],
  [2, "delete", "a", "b", "c"],
  [5, "increment"],
  [4, "pause", 1, 3, 8],
  [1, "fail"],
];

const ALL_DATA: readonly WeighedStep[] = [
  ...DATA,
  [2, "push", "list"],
  [4, "append"],
  [4, "flash"],
  [4, "take flashes"],
  [1, "permanent", "yes", "no"],
];

const IDENTITY: readonly WeighedStep[] = [
  [8, "sign in", "ada", "ada", "ada", "bob"],
  [1, "sign out"],
  [1, "clear"],
  [2, "renew"],
  [1, "end one", 0, 1, 2],
  [1, "end others"],
  [1, "end all"],
  [1, "end all of", "ada"],
];

/** Mostly some seconds; sometimes until sessions have expired or nearly so. */
const TICKS = [
  1,
  1,
  1,
  1,
  2,
  2,
  2,
  3,
  3,
  4,
  6,
  9,
  12,
  14,
  20,
  LIFETIME - 2,
  LIFETIME + 1,
  LIFETIME + 1,
] as const;

/** Loads for any session library: data and sign-outs, without moves of the clock. */
export const BASIC_LOAD: LoadKind = {
  isOrderly: false,
  common: DATA,
  special: [[1, "sign out"]],
  mostClients: 3,
  mostVisits: 8,
  mostUnderWay: 5,
};

/** All steps at any time: many requests of one client at once, and replayed cookies. */
export const WILD_LOAD: LoadKind = {
  isOrderly: false,
  common: ALL_DATA,
  special: IDENTITY,
  mostClients: 4,
  mostVisits: 8,
  mostUnderWay: 5,
  renewAfter: [undefined, 1, 4, 12, 30],
  ticks: TICKS,
};

/** All steps, but each client signs in and out without other requests under way. */
export const ORDERLY_LOAD: LoadKind = { ...WILD_LOAD, isOrderly: true };

/** Many requests of one client at once. */
export const CONTENDED_LOAD: LoadKind = {
  isOrderly: true,
  common: [...ALL_DATA, [6, "flash"], [6, "take flashes"]],
  mostClients: 1,
  mostVisits: 16,
  mostUnderWay: 8,
};

/** Sessions that become empty while other requests store data. */
export const BRIEF_LOAD: LoadKind = {
  isOrderly: true,
  common: [
    [3, "set", "a", "b"],
    [3, "delete", "a", "b"],
    [1, "flash"],
    [1, "take flashes"],
  ],
  mostClients: 1,
  mostVisits: 16,
  mostUnderWay: 8,
};

/** Browsers whose tokens are often renewed and refreshed, with responses in any order. */
export const RENEWAL_LOAD: LoadKind = {
  isOrderly: true,
  common: [
    [4, "set", "a"],
    [2, "increment"],
    [1, "permanent", "yes"],
  ],
  mostClients: 1,
  mostVisits: 14,
  mostUnderWay: 5,
  renewAfter: [1, 4, 12, 15],
  ticks: [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 11, 12, 13],
};
