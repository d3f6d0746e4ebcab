import { type Session, stateOf } from "../../session/session.ts";

/** Methods that change a session. */
const METHODS = [
  "set",
  "delete",
  "clear",
  "update",
  "increment",
  "flash",
  "flashes",
  "signIn",
  "signOut",
  "renew",
] as const satisfies (keyof Session)[];

/** Properties that change a session when they are set. */
const PROPERTIES = ["permanent", "lifetime"] as const satisfies (keyof Session)[];

/**
 * Makes every later change of a saved session throw an error that names the call and the remedy. If the
 * session was not used, its first use throws too: the response has begun without the headers that keep it
 * from caches.
 */
export function rejectLateChanges(session: Session): void {
  const refuse = (call: string) => () => {
    throw new Error(`${call} after the response began: do it before the handler returns`);
  };
  for (const name of METHODS) Reflect.set(session, name, refuse(`session.${name}() was called`));
  for (const name of PROPERTIES) {
    const get = () => Reflect.get(Object.getPrototypeOf(session), name, session);
    Object.defineProperty(session, name, { get, set: refuse(`session.${name} was set`) });
  }
  if (!session.accessed) stateOf(session).read = refuse("the session was used");
}
