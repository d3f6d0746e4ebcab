import fc from "fast-check";

/** What a handler does with its session, and with what: `["set", "a"]`. */
export type Step = readonly [verb: string, argument?: string | number];

/** One request of a client. */
export interface Visit {
  readonly steps: readonly Step[];
  /** Whether the client has no other request under way meanwhile. */
  readonly isAlone: boolean;
  /** Whether it shows a cookie that the client has replaced since, and keeps nothing of the answer. */
  readonly isReplay: boolean;
  /** How many turns the request takes until it arrives, and the answer until the client has it. */
  readonly way: readonly [there: number, back: number];
}

/** How the sessions of a load live; times in seconds. */
export interface LoadSettings {
  readonly lifetime: number;
  /** `undefined` is never. */
  readonly renewAfter: number | undefined;
  readonly maxSessionsPerUser: number;
  readonly sessionLimitPolicy: "end-oldest" | "refuse-new";
  readonly permanent: boolean;
  readonly refreshEachRequest: boolean;
}

/** What some clients do at the same time, each with a cookie jar of its own. */
export interface Load {
  /**
   * Whether clients keep to the rules under which nobody is signed out by a race: what changes who they are they do
   * while they have no other request under way, and no request is under way for more than `LONGEST_WAY` seconds.
   */
  readonly isOrderly: boolean;
  readonly settings: LoadSettings;
  readonly clients: readonly (readonly Visit[])[];
  /** The most requests that one client has under way. */
  readonly mostUnderWay: number;
  /** By how many seconds the clock moves, from time to time. */
  readonly ticks: readonly number[];
}

/** A verb with its arguments, of which one is drawn, and how often it is drawn beside the others. */
export type WeighedStep = readonly [weight: number, verb: string, ...args: readonly (string | number)[]];

/** What the loads of one kind are drawn from. */
export interface LoadKind {
  readonly isOrderly: boolean;
  /** What goes on in parallel. */
  readonly common: readonly WeighedStep[];
  /** What changes who the client is, or ends sessions. Default: nothing does. */
  readonly special?: readonly WeighedStep[];
  readonly mostClients: number;
  readonly mostVisits: number;
  readonly mostUnderWay: number;
  /** Default: no renewals. */
  readonly renewAfter?: readonly (number | undefined)[];
  /** How far the clock moves at a time, in seconds. Default: it stands still. */
  readonly ticks?: readonly number[];
}

/** The idle lifetime of the sessions of a load, in seconds. */
export const LIFETIME = 100;

/** How long a request of an orderly load is under way at most, in seconds of the load's clock. */
export const LONGEST_WAY = 5;

/** How often the clock of a load moves at most. */
const MOST_TICKS = 12;

/** The loads of a kind. */
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
    maxSessionsPerUser: fc.constantFrom(1, 2, 2, 3, 50),
    sessionLimitPolicy: fc.constantFrom("end-oldest", "refuse-new"),
    permanent: fc.boolean(),
    refreshEachRequest: fc.boolean(),
  });
}

/** The first visit begins a session, half of the time with a sign-in: without one much could not be done. */
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

/** Most are quick; some are overtaken by many. */
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
