import type { SessionSettings } from "../../../shared/session/session-settings.ts";
import type { Use } from "./faulty-sessions.ts";

/** One kind of write, as a visitor causes it. */
export interface WriteScenario {
  readonly settings?: SessionSettings;
  /** The requests before. Default: one that leaves some data. */
  readonly before?: readonly Use[];
  /** Seconds that pass before the request. */
  readonly wait?: number;
  /** The request that writes. */
  readonly act: Use;
  /** What is in the session when only the first steps of the request were done. Default: it has one step. */
  readonly between?: readonly object[];
}

/** The user of these scenarios. */
export const ADA = { id: "ada", name: "Ada" };

const BOB = { id: "bob", name: "Bob" };

const leaveData: Use = (session) => {
  session.set("n", 1);
  session.set("text", "before");
  session.set("list", ["first"]);
};

const signIn: Use = (session) => session.signIn(ADA);

/** The data that these scenarios begin with, unless they say otherwise. */
export const DATA_BEFORE: readonly Use[] = [leaveData];

/** Every kind of write. */
export const WRITES: Readonly<Record<string, WriteScenario>> = {
  "the first data": { before: [], act: leaveData },
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
  "flashes that are taken": {
    before: [leaveData, (session) => session.flash("hello")],
    act: (session) => session.flashes(),
  },
  "the last data that goes": {
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
  "a sign-in of somebody new": { before: [], act: signIn },
  "a sign-in of somebody else": {
    before: [leaveData, signIn],
    act: (session) => session.signIn(BOB),
    between: [{ isNew: true }],
  },
  "a sign-in beside others": {
    settings: { maxSessionsPerUser: 1 },
    act: async (session) => {
      session.signIn(ADA);
      session.set("text", await session.increment("n"));
    },
    between: [{ n: 2, text: "before", list: ["first"] }],
  },
  "a change while signed in": {
    before: [leaveData, signIn],
    act: (session) => session.set("text", "after"),
  },
  "a touch while signed in": {
    settings: { permanent: true },
    before: [leaveData, signIn],
    wait: 5 * 24 * 60 * 60,
    act: (session) => session.get("n"),
  },
  "a sign-out": { before: [leaveData, signIn], act: (session) => session.signOut() },
  "a sign-out and new data": {
    before: [leaveData, signIn],
    act: (session) => {
      session.signOut();
      session.set("text", "after");
    },
    between: [{ isNew: true }],
  },
};
