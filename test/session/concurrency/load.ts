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
  /** How many turns the request waits before it arrives, and the answer before the client has it. */
  readonly way: readonly [there: number, back: number];
}

/** How the sessions of a load live; times in seconds. */
export interface LoadSettings {
  readonly lifetime: number;
  /** Default: never. */
  readonly renewAfter?: number | undefined;
  readonly maxSessionsPerUser: number;
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
  /** By how many seconds the clock moves, from time to time. */
  readonly ticks: readonly number[];
}

/** A step and how often it is drawn beside the others. */
export type WeighedStep = readonly [weight: number, verb: string, ...args: readonly (string | number)[]];

/** What loads are drawn from. */
export interface LoadKind {
  readonly isOrderly: boolean;
  /** What may go on in parallel. */
  readonly common: readonly WeighedStep[];
  /** What changes who the client is, or ends sessions. */
  readonly special: readonly WeighedStep[];
  readonly clients: { readonly least: number; readonly most: number };
  readonly visits: { readonly least: number; readonly most: number };
}

/** The idle lifetime of the sessions of a load, in seconds. */
export const LIFETIME = 100;

/** How long a request of an orderly load is under way at most, in seconds of its clock. */
export const LONGEST_WAY = 5;

/** The loads of a kind. */
export function loads(kind: LoadKind): fc.Arbitrary<Load> {
  const { least, most } = kind.clients;
  const clients = fc.array(visits(kind), { minLength: least, maxLength: most, size: "max" });
  return fc.record({ isOrderly: fc.constant(kind.isOrderly), settings: SETTINGS, clients, ticks: TICKS });
}

const SETTINGS: fc.Arbitrary<LoadSettings> = fc.record({
  lifetime: fc.constant(LIFETIME),
  renewAfter: fc.constantFrom(undefined, 1, 4, 12, 30),
  maxSessionsPerUser: fc.constantFrom(1, 2, 3, 50),
  permanent: fc.boolean(),
  refreshEachRequest: fc.boolean(),
});

const TICKS = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 4, arbitrary: fc.integer({ min: 4, max: 20 }) },
    { weight: 1, arbitrary: fc.integer({ min: LIFETIME - 3, max: LIFETIME + 1 }) },
  ),
  { maxLength: 12, size: "max" },
);

const WAY = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 2 }) },
  fc.integer({ min: 3, max: 20 }),
);

/** The first visit begins a session, half of the time with a sign-in; without one much could not be done. */
function visits({ isOrderly, common, special, visits: { least, most } }: LoadKind): fc.Arbitrary<Visit[]> {
  const steps = fc.array(step(common), { minLength: 1, maxLength: 6, size: "max" });
  const isAlone = isOrderly ? fc.constant(false) : fc.boolean();
  const rest = { isReplay: fc.constant(false), way: fc.tuple(WAY, WAY) };
  const ordinary = fc.record({ steps, isAlone, ...rest });
  const specialSteps = fc.tuple(step(special), steps).map(([first, others]) => [first, ...others]);
  const identity = fc.record({
    steps: specialSteps,
    isAlone: isOrderly ? fc.constant(true) : isAlone,
    ...rest,
  });
  const replay = ordinary.map((visit) => ({ ...visit, steps: [], isReplay: true }));
  const visit = fc.oneof(
    { weight: 14, arbitrary: ordinary },
    { weight: special.length === 0 ? 0 : 4, arbitrary: identity },
    { weight: isOrderly ? 0 : 2, arbitrary: replay },
  );
  const further = fc.array(visit, { minLength: least - 1, maxLength: most - 1, size: "max" });
  const opening = special.length === 0 ? ordinary : fc.oneof(ordinary, identity);
  return fc.tuple(opening, further).map(([first, others]) => [{ ...first, isAlone: true }, ...others]);
}

function step(steps: readonly WeighedStep[]): fc.Arbitrary<Step> {
  return fc.oneof(
    ...steps.map(([weight, verb, ...args]) => ({
      weight,
      arbitrary: fc.constantFrom(...(args.length === 0 ? [undefined] : args)).map((argument): Step => {
        return argument === undefined ? [verb] : [verb, argument];
      }),
    })),
  );
}
