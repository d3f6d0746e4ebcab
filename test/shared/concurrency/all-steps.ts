import type { Effect } from "./history.ts";
import type { BasicSession } from "./session-system.ts";
import { BASIC_STEPS, type StepTable } from "./steps.ts";

/** A session of this project, as the steps of a load use it. */
export interface FullSession extends BasicSession {
  /** Adds an item to an array with `update`, and returns the array. */
  append(key: string, item: string): Promise<readonly string[]>;
  /** Returns the array itself, so that it can be changed inside. */
  list(key: string): string[] | undefined;
  flash(message: string): void;
  flashes(): readonly string[];
  renew(): void;
  clear(): void;
  setPermanent(permanent: boolean): void;
  /** Returns the ids of the user's sessions. */
  ids(): Promise<readonly string[]>;
  end(id: string): Promise<boolean>;
  endOthers(): Promise<number>;
  endAll(): Promise<number>;
  endAllOf(user: string): Promise<number>;
}

/** All steps that a session of this project can make. */
export const ALL_STEPS = {
  ...BASIC_STEPS,
  append: async (session, _argument, { fresh }) => ({ result: await session.append("log", fresh()) }),
  push: (session, key: string, { fresh }) => {
    const list = session.list(key);
    list?.push(fresh());
    if (list === undefined) session.set(key, [fresh()]);
    return { writes: { [key]: [...(session.list(key) ?? [])] } };
  },
  flash: (session, _argument, { fresh }) => {
    const message = fresh();
    session.flash(message);
    return { result: message, writes: { flashes: message } };
  },
  "take flashes": (session) => ({ result: session.flashes() }),
  renew: (session) => {
    session.renew();
    return { renews: true };
  },
  clear: (session) => {
    session.clear();
    return { destroys: true };
  },
  permanent: (session, permanent: string) => {
    session.setPermanent(permanent === "yes");
    return {};
  },
  "end one": async (session, which: number) => {
    const ids = await session.ids();
    const id = ids[which % ids.length];
    if (id === undefined) return {};
    if (!(await session.end(id))) return { removes: id };
    return { result: id, ends: id, destroys: id === session.id };
  },
  "end others": async (session) => {
    const [user, except] = [userOf(session), session.id];
    return revocation(user, await session.endOthers(), except);
  },
  "end all": async (session) => {
    const user = userOf(session);
    return { ...revocation(user, await session.endAll()), destroys: user !== undefined };
  },
  "end all of": async (session, user: string) => revocation(user, await session.endAllOf(user)),
} as const satisfies StepTable<FullSession>;

function userOf(session: BasicSession): string | undefined {
  return session.read().user as string | undefined;
}

function revocation(user: string | undefined, result: number, except?: string): Effect {
  return user === undefined ? { result } : { result, revokes: { user, except } };
}
