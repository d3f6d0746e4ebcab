import type { SessionSettings } from "lambda-sessions";
import { SecureCookieSessionInterface } from "lambda-sessions/cookie";
import {
  MemoryStore,
  RevocableCookieSessionInterface,
  ServerSideSessionInterface,
} from "lambda-sessions/server-side";
import { APP_ORIGIN, Clock, CookieJar, Visitor } from "lambda-sessions/testing";
import { describe, expect, test } from "vitest";
import { applyAssurance } from "../../infra/settings/assurance.ts";
import { refuseContradictions, toSessionEnvironment } from "../../infra/settings/session-environment.ts";
import { SETTINGS, type Settings } from "../../infra/settings/settings.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { resourcesOf } from "./synthesize.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ADA = { id: "u-1", name: "Ada" };
const log = (): void => {};
const keys = ["a secret key of at least 32 bytes"];

type Level = NonNullable<Settings["assurance"]>;
/** Session interfaces of the library by storage. */
const INTERFACES = {
  cookie: SecureCookieSessionInterface,
  "revocable-cookie": RevocableCookieSessionInterface,
  dynamodb: ServerSideSessionInterface,
};
type Storage = keyof typeof INTERFACES;

const LEVELS: readonly Level[] = ["aal1", "aal2", "aal3"];
const STORAGES = Object.keys(INTERFACES) as readonly Storage[];
/** The overall and the inactivity timeout of each level (NIST SP 800-63B-4, sections 2.1.3, 2.2.3, 2.3.3). */
const TIMEOUTS = {
  aal1: [30 * DAY, 30 * DAY],
  aal2: [24 * HOUR, HOUR],
  aal3: [12 * HOUR, 15 * MINUTE],
} as const;

/** Returns the session settings of the functions, as their environment passes them. */
function settingsOf(given: Settings): SessionSettings {
  const settings = applyAssurance(given);
  refuseContradictions(settings);
  return JSON.parse(toSessionEnvironment(settings).SESSION_SETTINGS ?? "{}");
}

/** Returns a user who has just signed in with these settings. Their requests use the clock. */
async function signIn(given: Settings, clock: Clock): Promise<Visitor> {
  const options = { keys, log, settings: settingsOf(given), clock: clock.now, store: new MemoryStore() };
  const { storage = "cookie" } = given as { storage?: Storage };
  const user = new Visitor(new INTERFACES[storage](options), new CookieJar(clock.now));
  await user.visit((session) => session.signIn(ADA));
  return user;
}

/** Returns whether the user is signed in, which uses their session. */
async function isSignedIn(user: Visitor): Promise<boolean> {
  return (await user.visit((session) => session.user !== undefined)).result;
}

describe("an assurance level", () => {
  test.each<[Level, Settings]>([
    ["aal1", { absoluteLifetime: 30 * DAY, rememberFor: 30 * DAY, freshFor: HOUR }],
    ["aal2", { absoluteLifetime: DAY, lifetime: HOUR, rememberFor: HOUR, freshFor: HOUR }],
    [
      "aal3",
      { absoluteLifetime: 12 * HOUR, lifetime: 15 * MINUTE, rememberFor: 15 * MINUTE, freshFor: 15 * MINUTE },
    ],
  ])("the level %s sets the lifetimes of NIST SP 800-63B-4 and the freshness", (assurance, limits) => {
    const needs = { cookieSecure: true, crossOriginProtection: true, flask: false };
    const settings = applyAssurance({ assurance, storage: "dynamodb" });
    expect(settings).toEqual({ assurance, storage: "dynamodb", ...limits, ...needs });
  });

  test("a level with an inactivity timeout bounds every lifetime that sessions can have", () => {
    const lifetimes = Object.keys(SETTINGS).filter((name) => /lifetime$|^rememberFor$/i.test(name));
    expect(lifetimes.length).toBeGreaterThan(1);
    expect(Object.keys(applyAssurance({ assurance: "aal2" }))).toEqual(expect.arrayContaining(lifetimes));
  });

  test("settings without a level stay as they are", () => {
    expect(applyAssurance({ lifetime: 60, flask: true })).toEqual({ lifetime: 60, flask: true });
  });

  test("the functions of a stack with a level get its lifetimes, its sealed cookies and its freshness", () => {
    const functions = resourcesOf(synthesize({ assurance: "aal3" }), "AWS::Lambda::Function");
    const variables = functions.map(([, { Properties }]) => Properties?.Environment?.Variables ?? {});
    const withSession = variables.filter(({ SESSION_SETTINGS }) => SESSION_SETTINGS !== undefined);
    expect(withSession.length).toBeGreaterThan(0);
    for (const { SESSION_SETTINGS, SESSION_FRESH_FOR } of withSession) {
      expect(JSON.parse(SESSION_SETTINGS)).toEqual({
        absoluteLifetime: 43_200,
        lifetime: 900,
        rememberFor: 900,
        permanent: true,
        encrypt: true,
      });
      expect(SESSION_FRESH_FOR).toBe("900");
    }
  });

  test("settings that are stricter than the level apply", () => {
    const stricter = { lifetime: 60, absoluteLifetime: 600, freshFor: 30, permanent: false } as const;
    expect(applyAssurance({ assurance: "aal2", ...stricter })).toMatchObject(stricter);
  });

  test.each([
    ["aal1", 8 * HOUR],
    ["aal2", 600],
    ["aal3", 600],
  ] as const)(
    "a remembered session of %s does not exceed an absolute lifetime of %i seconds",
    (assurance, least) => {
      const settings = { assurance, absoluteLifetime: least } as const;
      expect(applyAssurance(settings).rememberFor).toBe(least);
      expect(applyAssurance({ ...settings, rememberFor: 700 }).rememberFor).toBe(700);
    },
  );

  test.each<[Settings, string]>([
    [
      { assurance: "aal2", lifetime: 3601 },
      "The setting lifetime cannot be 3601: it may be at most 3600 with assurance=aal2.",
    ],
    [
      { assurance: "aal2", rememberFor: DAY },
      "The setting rememberFor cannot be 86400: it may be at most 3600 with assurance=aal2.",
    ],
    [
      { assurance: "aal1", absoluteLifetime: 31 * DAY },
      "The setting absoluteLifetime cannot be 2678400: it may be at most 2592000 with assurance=aal1.",
    ],
    [
      { assurance: "aal3", freshFor: 3600, storage: "dynamodb" },
      "The setting freshFor cannot be 3600: it may be at most 900 with assurance=aal3.",
    ],
    [
      { assurance: "aal1", flask: true },
      "The setting flask cannot be true: it contradicts assurance=aal1: its lifetimes are definite and its cookies are sealed.",
    ],
    [
      { assurance: "aal2", encrypt: false },
      "The setting encrypt cannot be false: it contradicts assurance=aal2: its cookies contain no personal information in cleartext.",
    ],
    [
      { assurance: "aal2", cookieSecure: false },
      "The setting cookieSecure cannot be false: it contradicts assurance=aal2: its cookies are sent over HTTPS only.",
    ],
    [
      { assurance: "aal3", crossOriginProtection: false, storage: "dynamodb" },
      "The setting crossOriginProtection cannot be false: it contradicts assurance=aal3: it refuses requests that other sites forge.",
    ],
  ])(
    "settings that are less strict than the level fail the synthesis in one sentence: %j",
    (settings, message) => {
      expect(() => synthesize(settings)).toThrow(expect.objectContaining({ name: "SettingError", message }));
    },
  );
});

describe.each(STORAGES)("with storage=%s", (storage) => {
  test.each(LEVELS)(
    "a session of %s ends at the overall timeout, however busy its user is",
    async (assurance) => {
      const [overall, idle] = TIMEOUTS[assurance];
      const clock = new Clock();
      const user = await signIn({ assurance, storage }, clock);
      const end = clock.seconds + overall;
      const pause = Math.floor(idle * 0.89);
      while (clock.seconds + pause < end) {
        clock.advance(pause);
        expect(await isSignedIn(user)).toBe(true);
      }
      clock.advance(end - clock.seconds + 1);
      expect(await isSignedIn(user)).toBe(false);
    },
  );

  test.each(["aal2", "aal3"] as const)(
    "a session of %s is open for nine tenths of the inactivity timeout after its last use, and never longer than all of it",
    async (assurance) => {
      const [, idle] = TIMEOUTS[assurance];
      const isOpenAfter = async (used: number, pause: number): Promise<boolean> => {
        const clock = new Clock();
        const user = await signIn({ assurance, storage }, clock);
        clock.advance(used);
        expect(await isSignedIn(user)).toBe(true);
        // A copy of the cookie is sent, because its expiry in the browser protects nobody.
        const cookies = [user.jar.header(APP_ORIGIN) ?? ""];
        clock.advance(pause);
        return (await user.visit((session) => session.user !== undefined, { cookies })).result;
      };
      for (let used = 0; used <= idle / 5; used += idle / 90) {
        const answers = [await isOpenAfter(used, idle * 0.9), await isOpenAfter(used, idle + 1)];
        expect([used, ...answers]).toEqual([used, true, false]);
      }
    },
  );

  test("a cookie with a level contains the name of its user in no readable form", async () => {
    const containsName = async (settings: Settings): Promise<boolean> => {
      const user = await signIn(settings, new Clock());
      return Buffer.from(user.token?.split(".")[0] ?? "", "base64url").includes(ADA.name);
    };
    expect(await containsName({ storage, assurance: "aal1" })).toBe(false);
    // The same search finds the name where it is readable.
    if (storage !== "dynamodb") expect(await containsName({ storage })).toBe(true);
  });
});
