import fc from "fast-check";

/** A step of a handler, such as `["set", "a"]`. */
export type Step = readonly [verb: string, argument?: string | number];

/** One request of a client. */
export interface Visit {
  readonly steps: readonly Step[];
  /** True if the client has no other request under way. */
  readonly isAlone: boolean;
  /** True if it sends a cookie that the client has replaced, and ignores the response's cookie. */
  readonly isReplay: boolean;
  /** The turns until the request arrives, and until the response arrives. */
  readonly way: readonly [there: number, back: number];
}

/** The session settings of a load. Times are in seconds. */
export interface LoadSettings {
  readonly lifetime: number;
  /** `undefined` means never. */
  readonly renewAfter: number | undefined;
  readonly maxSessionsPerUser: number;
  readonly sessionLimitPolicy: "end-oldest" | "refuse-new";
  readonly permanent: boolean;
  readonly refreshEachRequest: boolean;
}

/** The visits of several parallel clients, each with its own cookie jar. */
export interface Load {
  /**
   * True if clients obey the rules under which no race signs them out: they sign in and out without other
   * requests under way, and no request is under way for more than `LONGEST_WAY` seconds.
   */
  readonly isOrderly: boolean;
  readonly settings: LoadSettings;
  readonly clients: readonly (readonly Visit[])[];
  /** The maximum number of requests that one client has under way. */
  readonly mostUnderWay: number;
  /** The moves of the clock, in seconds. */
  readonly ticks: readonly number[];
}

/** A verb with its possible arguments, and its weight among the other steps. */
export type WeighedStep = readonly [weight: number, verb: string, ...args: readonly (string | number)[]];

/** The ranges from which the loads of one kind are drawn. */
export interface LoadKind {
  readonly isOrderly: boolean;
  /** The steps of ordinary visits. */
  readonly common: readonly WeighedStep[];
  /** The steps that sign in, sign out or end sessions. Default: none. */
  readonly special?: readonly WeighedStep[];
  readonly mostClients: number;
  readonly mostVisits: number;
  readonly mostUnderWay: number;
  /** Default: no renewals. */
  readonly renewAfter?: readonly (number | undefined)[];
  /** The moves of the clock, in seconds. Default: none. */
  readonly ticks?: readonly number[];
}

/** The idle lifetime of the sessions of a load, in seconds. */
export const LIFETIME = 100;

/** The maximum time that a request of an orderly load is under way, in seconds of its clock. */
export const LONGEST_WAY = 5;

/** The maximum number of moves of the clock. */
const MOST_TICKS = 12;

/** Returns the loads of a kind. */
export function loads(kind: LoadKind): fc.Arbitrary<Load> {
  const { isOrderly, mostClients: maxLength, mostUnderWay, renewAfter = [undefined], ticks = [] } = kind;
  return fc.record({
    isOrderly: fc.constant(isOrderly),
    mostUnderWay: fc.constant(mostUnderWay),
    settings: settings(renewAfter),
    clients: fc.array(visits(kind), { minLength: 1, maxLength, size: "max" }),
    ticks: fc.array(fc.constantFrom(...ticks, 0), { maxLength: MOST_TICKS, size: "max" }),
  });
}

function settings(renewAfter: readonly (number | undefined)[]): fc.Arbitrary<LoadSettings> {
  return fc.record({
    lifetime: fc.constant(LIFETIME),
    renewAfter: fc.constantFrom(...renewAfter),
    maxSessionsPerUser: fc.constantFrom(1, 1, 2, 2, 3, 50),
    sessionLimitPolicy: fc.constantFrom("end-oldest", "refuse-new"),
    permanent: fc.boolean(),
    refreshEachRequest: fc.boolean(),
  });
}

/** Returns visits of which the first one begins a session, half of the time with a sign-in. */
function visits({ isOrderly, common, special = [], mostVisits }: LoadKind): fc.Arbitrary<Visit[]> {
  const steps = fc.array(step(common), { minLength: 1, maxLength: 6, size: "max" });
  const isAlone = fc.constantFrom(...(isOrderly ? [false] : [true, false, false, false]));
  const ordinary = fc.record({ steps, isAlone, isReplay: fc.constant(false), way: fc.tuple(WAY, WAY) });
  const replay = ordinary.map((visit): Visit => ({ ...visit, steps: [], isReplay: true }));
  const identity =
    special.length === 0
      ? ordinary
      : fc.tuple(step(special), ordinary).map(([first, visit]): Visit => {
          return { ...visit, steps: [first, ...visit.steps], isAlone: isOrderly || visit.isAlone };
        });
  const visit = fc.oneof(
    { weight: 12, arbitrary: ordinary },
    { weight: 5, arbitrary: identity },
    { weight: isOrderly ? 0 : 2, arbitrary: replay },
  );
  const others = fc.array(visit, { minLength: 1, maxLength: mostVisits - 1, size: "max" });
  return fc
    .tuple(fc.oneof(ordinary, identity), others)
    .map(([first, rest]) => [{ ...first, isAlone: true }, ...rest]);
}

/** The turns of a way. Most are quick; some are overtaken by many. */
const WAY = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 2 }) },
  fc.integer({ min: 3, max: 30 }),
);

function step(steps: readonly WeighedStep[]): fc.Arbitrary<Step> {
  return fc.oneof(...steps.map(([weight, verb, ...args]) => ({ weight, arbitrary: oneStep(verb, args) })));
}

function oneStep(verb: string, args: readonly (string | number)[]): fc.Arbitrary<Step> {
  return args.length === 0
    ? fc.constant([verb])
    : fc.constantFrom(...args).map((argument): Step => [verb, argument]);
}
