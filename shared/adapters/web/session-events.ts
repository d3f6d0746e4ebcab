import type { HttpEvent } from "../../lambda/http-event.ts";

const events = new WeakMap<object, HttpEvent>();

/** Remembers the event of the request whose session this is, for the guards. */
export function rememberEvent(session: object, event: HttpEvent): void {
  events.set(session, event);
}

/** Returns the event of the request whose session this is; `undefined` if no adapter has opened it. */
export function eventOf(session: object): HttpEvent | undefined {
  return events.get(session);
}
