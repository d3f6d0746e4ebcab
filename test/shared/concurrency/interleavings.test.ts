import { beforeEach, describe, expect, test } from "vitest";
import { ServerSideSessionInterface } from "../../../shared/server-side/server-side-session-interface.ts";
import type { Session } from "../../../shared/session/session.ts";
import { SessionLimitError } from "../../../shared/session/session-errors.ts";
import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import type { User } from "../../../shared/session/user.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { CookieJar } from "../../../shared/testing/cookie-jar.ts";
import { SessionDirectory } from "../../../shared/users/session-directory.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";

const URL = "https://app.example.com/";
const ADA = { id: "ada", name: "Ada" };

/** A request that has been sent and is not saved yet. */
interface Sent {
  readonly session: Session;
  /** Saves the session, and returns the response, which arrives with `arrive`. */
  save(): Promise<{ arrive(): void }>;
}

/** A store whose writes wait for promises of the test. */
class SlowStore extends MemoryStore {
  held: { readonly end?: Promise<void>; readonly change?: Promise<void> } = {};

  override async end(...args: Parameters<MemoryStore["end"]>): ReturnType<MemoryStore["end"]> {
    await this.held.end;
    return super.end(...args);
  }

  override async change(...args: Parameters<MemoryStore["change"]>): ReturnType<MemoryStore["change"]> {
    await this.held.change;
    return super.change(...args);
  }
}

let clock: Clock;
let store: SlowStore;
let jar: CookieJar;

beforeEach(() => {
  clock = new Clock();
  store = new SlowStore();
  jar = new CookieJar(clock.now);
});

/** Sends a request with the browser's current cookie. */
async function send(settings: SessionSettings = {}, browser = jar): Promise<Sent> {
  const keys = ["a secret key of at least 32 bytes, for interleavings"];
  const sessions = new ServerSideSessionInterface({ store, keys, settings, clock: clock.now, log: () => {} });
  const cookie = browser.header(URL);
  const request = { cookies: cookie === undefined ? [] : [cookie], ...BARE_REQUEST };
  const session = await sessions.open(request);
  const save = async () => {
    const { setCookie } = await sessions.save(session, request);
    return { arrive: () => setCookie !== undefined && browser.store(setCookie, URL) };
  };
  return { session, save } as Sent;
}

/** Sends a request, and waits until its response has arrived. */
async function visit<T>(
  use: (session: Session) => T,
  settings: SessionSettings = {},
  browser = jar,
): Promise<T> {
  const { session, save } = await send(settings, browser);
  const result = await use(session);
  (await save()).arrive();
  return result;
}

/** Waits until all requests wait for a held write. */
function pause(): Promise<void> {
  return new Promise((resume) => setImmediate(resume));
}

const texts = (session: Session): string[] => session.flashes().map(({ message }) => `${message}`);

describe("flashed messages of parallel requests", () => {
  test("messages that a slow request returned are not returned again when a parallel request took some of them", async () => {
    await visit((session) => session.flash("first"));
    const early = await send();
    await visit((session) => session.flash("second"));
    const late = await send();
    expect(texts(early.session)).toEqual(["first"]);
    await early.save();
    expect(texts(late.session)).toEqual(["first", "second"]);
    await late.save();
    expect(await visit(texts)).toEqual([]);
  });

  test("a message is not lost when the same text was taken and flashed again during a request", async () => {
    await visit((session) => session.set("a", 1));
    await visit((session) => session.flash("Saved."));
    const slow = await send();
    expect(texts(slow.session)).toEqual(["Saved."]);
    await visit(texts);
    await visit((session) => session.flash("Saved."));
    await slow.save();
    expect(await visit(texts)).toEqual(["Saved."]);
  });
});

describe("a renewed token", () => {
  test("a previous token opens the session after several renewals that were due in short order", async () => {
    const settings = { renewAfter: 1 };
    await visit((session) => session.set("a", 1), settings);
    const cookie = jar.header(URL);
    for (let renewal = 0; renewal < 3; renewal += 1) {
      clock.advance(2);
      await visit((session) => session.get("a"), settings);
    }
    const slow = new CookieJar(clock.now);
    slow.store(`${cookie}; Path=/; Secure`, URL);
    expect(await visit((session) => session.get("a"), settings, slow)).toBe(1);
  });

  test("a session stays valid when a response with the previous token arrives last", async () => {
    const settings = { lifetime: 100, renewAfter: 15 };
    await visit((session) => session.set("a", 1), settings);
    clock.advance(14);
    const refreshed = await send(settings);
    refreshed.session.get("a");
    const late = await refreshed.save();
    clock.advance(1);
    await visit((session) => session.get("a"), settings);
    await visit((session) => session.get("a"), settings);
    late.arrive();
    clock.advance(20);
    expect(await visit((session) => session.get("a"), settings)).toBe(1);
  });
});

describe("a renewed token whose response was lost", () => {
  test("the previous token opens the session when the response with the new one was lost", async () => {
    const settings = { renewAfter: 60, lifetime: 3600 };
    await visit((session) => session.set("a", 1), settings);
    clock.advance(61);
    const lost = await send(settings);
    lost.session.get("a");
    await lost.save();
    clock.advance(600);
    expect(await visit((session) => session.get("a"), settings)).toBe(1);
    clock.advance(600);
    expect(await visit((session) => session.get("a"), settings)).toBe(1);
  });
});

describe("the place of an ended session in the user's list", () => {
  const settings: SessionSettings = { maxSessionsPerUser: 1, sessionLimitPolicy: "refuse-new" };

  /**
   * Signs in while `end` is under way, and returns the user who is signed in. If no one is, another browser
   * signs in, which fails if the ended session still counts towards the cap.
   */
  async function signInDuring(end: () => Promise<unknown>, signingIn: Sent): Promise<User | undefined> {
    const { promise, resolve } = Promise.withResolvers<void>();
    store.held = { end: promise };
    const ending = end();
    await pause();
    signingIn.session.signIn(ADA);
    (await signingIn.save()).arrive();
    resolve();
    await ending;
    const user = await visit((session) => session.user, settings);
    if (user !== undefined) return user;
    const other = new CookieJar(clock.now);
    await visit((session) => session.signIn(ADA), settings, other);
    return visit((session) => session.user, settings, other);
  }

  test("a session that is signed out during a sign-in keeps no place under the cap", async () => {
    await visit((session) => session.set("a", 1), settings);
    const [signingOut, signingIn] = [await send(settings), await send(settings)];
    signingOut.session.signOut();
    expect(await signInDuring(() => signingOut.save(), signingIn)).toEqual(ADA);
  });

  test("a session that is signed out during a further sign-in keeps no place under the cap", async () => {
    await visit((session) => session.signIn(ADA), settings);
    const [signingOut, signingIn] = [await send(settings), await send(settings)];
    signingOut.session.signOut();
    expect(await signInDuring(() => signingOut.save(), signingIn)).toEqual(ADA);
  });

  test("a session that is revoked during a further sign-in keeps no place under the cap", async () => {
    await visit((session) => session.signIn(ADA), settings);
    const signingIn = await send(settings);
    const directory = new SessionDirectory({ users: store, store, clock: clock.now, log: () => {} });
    expect(await signInDuring(() => directory.endAllOf(ADA.id), signingIn)).toEqual(ADA);
  });
});

describe("parallel sign-ins of the same user", () => {
  test("parallel sign-ins of one browser leave it signed in, whichever response arrives last", async () => {
    await visit((session) => session.set("a", 1));
    const [first, second] = [await send(), await send()];
    for (const { session } of [first, second]) session.signIn(ADA);
    const { promise, resolve } = Promise.withResolvers<void>();
    store.held = { change: promise };
    const late = first.save();
    await pause();
    store.held = {};
    const early = await second.save();
    resolve();
    (await late).arrive();
    early.arrive();
    expect(await visit((session) => session.user)).toEqual(ADA);
  });

  test("parallel sign-ins of one browser leave one session when the cap allows one", async () => {
    const settings: SessionSettings = { maxSessionsPerUser: 2, sessionLimitPolicy: "refuse-new" };
    await visit((session) => session.signIn(ADA), settings, new CookieJar(clock.now));
    await visit((session) => session.set("a", 1), settings);
    const [first, second] = [await send(settings), await send(settings)];
    for (const { session } of [first, second]) session.signIn(ADA);
    (await first.save()).arrive();
    await expect(second.save()).rejects.toBeInstanceOf(SessionLimitError);
    expect(await visit((session) => session.user, settings)).toEqual(ADA);
  });
});
