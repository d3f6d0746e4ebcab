import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Use } from "./faulty-sessions.ts";

/** One kind of write, caused by a visitor's request. */
export interface WriteScenario {
  readonly settings?: SessionSettings;
  /** The requests before. Default: one that stores some data. */
  readonly before?: readonly Use[];
  /** Seconds that pass before the request. */
  readonly wait?: number;
  /** The request that writes. */
  readonly act: Use;
  /**
   * The data of the session after only the first writes of the request. Default: the request has one write.
   */
  readonly between?: readonly object[];
}

/** The user of these scenarios. */
export const ADA = { id: "ada", name: "Ada" };

const BOB = { id: "bob", name: "Bob" };

const storeData: Use = (session) => {
  session.set("n", 1);
  session.set("text", "before");
  session.set("list", ["first"]);
};

const signIn: Use = (session) => session.signIn(ADA);

/** The requests before a scenario that has none of its own. */
export const DATA_BEFORE: readonly Use[] = [storeData];

/** Every kind of write. */
export const WRITES: Readonly<Record<string, WriteScenario>> = {
  "the first data": { before: [], act: storeData },
  "a change": {
    act: (session) => {
      session.set("text", "after");
      session.delete("n");
      session.get("list").push("second");
    },
  },
  "an increment": { act: (session) => session.increment("n") },
  "two increments and a change": {
    act: async (session) => {
      session.set("text", "after");
      return [await session.increment("n", 10), await session.increment("n", 100)];
    },
    between: [
      { n: 11, text: "before", list: ["first"] },
      { n: 111, text: "before", list: ["first"] },
    ],
  },
  "an increment of a fraction": { act: (session) => session.increment("n", 0.1) },
  "an increment too large to add in the table": { act: (session) => session.increment("n", 1e20) },
  "an update": { act: (session) => session.update("list", (list: string[]) => [...list, "second"]) },
  "a flash": { act: (session) => session.flash("hello") },
  "a taking of flashed messages": {
    before: [storeData, (session) => session.flash("hello")],
    act: (session) => session.flashes(),
  },
  "a deletion of the last data": {
    before: [(session) => session.set("n", 1)],
    act: (session) => session.delete("n"),
  },
  "many keys": {
    act: (session) => {
      for (let number = 0; number < 300; number += 1) session.set(`key ${number}`, number);
    },
  },
  "a touch": { settings: { permanent: true }, wait: 5 * 24 * 60 * 60, act: (session) => session.get("n") },
  "a renewal": { act: (session) => session.renew() },
  "a periodic renewal": { settings: { renewAfter: 60 }, wait: 61, act: (session) => session.increment("n") },
  "a sign-in": { act: signIn },
  "a sign-in in a new session": { before: [], act: signIn },
  "a sign-in of another user": {
    before: [storeData, signIn],
    act: (session) => session.signIn(BOB),
    between: [{ isNew: true }],
  },
  "a sign-in with other changes": {
    settings: { maxSessionsPerUser: 1 },
    act: async (session) => {
      session.signIn(ADA);
      session.set("text", await session.increment("n"));
    },
    between: [{ n: 2, text: "before", list: ["first"] }],
  },
  "a change while signed in": {
    before: [storeData, signIn],
    act: (session) => session.set("text", "after"),
  },
  "a touch while signed in": {
    settings: { permanent: true },
    before: [storeData, signIn],
    wait: 5 * 24 * 60 * 60,
    act: (session) => session.get("n"),
  },
  "a sign-out": { before: [storeData, signIn], act: (session) => session.signOut() },
  "a sign-out and new data": {
    before: [storeData, signIn],
    act: (session) => {
      session.signOut();
      session.set("text", "after");
    },
    between: [{ isNew: true }],
  },
};
