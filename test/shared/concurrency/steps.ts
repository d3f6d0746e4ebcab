import type { Effect } from "./history.ts";
import { type BasicSession, HandlerFailure } from "./session-system.ts";

/** Parts of a run that its steps use. */
export interface StepContext {
  /** Returns a value that is used nowhere else. */
  readonly fresh: () => string;
  /** Waits for some turns. */
  readonly pause: (turns: number) => Promise<void>;
}

/** Makes one step. */
export type StepMaker<S> = (
  session: S,
  argument: never,
  context: StepContext,
) => Effect | undefined | Promise<Effect | undefined> | Promise<void>;

/** The makers of steps, by verb. */
export type StepTable<S> = Readonly<Record<string, StepMaker<S>>>;

/** The steps that sessions of every library can make. */
export const BASIC_STEPS = {
  set: (session, key: string, { fresh }) => {
    const value = fresh();
    session.set(key, value);
    return { writes: { [key]: value } };
  },
  delete: (session, key: string) => (session.delete(key) ? { writes: { [key]: undefined } } : {}),
  increment: async (session) => ({ result: await session.increment("n") }),
  pause: (_session, turns: number, { pause }) => pause(turns),
  fail: () => {
    throw new HandlerFailure();
  },
  "sign in": (session, user: string) => {
    const { user: before } = session.read();
    session.signIn(user);
    return { writes: { user }, renews: true, destroys: before !== undefined && before !== user };
  },
  "sign out": (session) => {
    session.signOut();
    return { destroys: true };
  },
} as const satisfies StepTable<BasicSession>;
