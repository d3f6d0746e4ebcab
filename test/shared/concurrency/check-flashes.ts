import { type History, isBefore, type RequestRecord, sessionAfter } from "./history.ts";
import type { Check, Violation } from "./violation.ts";
import { keptSteps } from "./writes.ts";

/** A flashed message in a session, and when it was saved. */
interface Waiting {
  readonly session: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** A saved request that took the flashed messages. */
interface Reading {
  readonly session: string;
  readonly messages: readonly string[];
  readonly request: RequestRecord;
  /** The events from the sending of the request to its save. */
  readonly start: number;
  readonly opened: number;
  readonly end: number;
}

/** Checks that each flashed message is returned to a later request, and only once. */
export const lostFlashes: Check = (history) => {
  const readings = readingsOf(history);
  return waitingIn(history).flatMap((waiting) => {
    const here = readings.filter(({ session }) => session === waiting.session);
    const takers = here.filter(({ messages }) => messages.includes(waiting.message));
    return [...repeated(waiting, takers), ...lost(waiting, takers, here)];
  });
};

function repeated({ session, message }: Waiting, takers: readonly Reading[]): Violation[] {
  return takers.flatMap((taker) => {
    const first = takers.find((other) => isBefore(other, taker));
    if (first === undefined) return [];
    const text = `${message} was returned to #${first.request.number}, and then to #${taker.request.number} again`;
    return [{ kind: "repeated flash", session, text }];
  });
}

function lost(waiting: Waiting, takers: readonly Reading[], readings: readonly Reading[]): Violation[] {
  const { session, message } = waiting;
  const victims = readings.filter((reading) => {
    const wasTaken = takers.some((taker) => taker.start < reading.opened);
    return isBefore(waiting, reading) && !reading.messages.includes(message) && !wasTaken;
  });
  return victims.map(({ request: { number } }) => {
    return {
      kind: "lost flash",
      session,
      text: `${message} was not returned to #${number}, nor to an earlier request`,
    };
  });
}

function waitingIn({ requests }: History): Waiting[] {
  return requests.flatMap((request) => {
    const session = sessionAfter(request);
    if (request.outcome !== "saved" || session === undefined) return [];
    const [start, end] = [request.closed.number, request.saved.number];
    return left(request).map((message) => ({ session, message, start, end }));
  });
}

/** Returns the messages that a request flashed after it took those of the session. */
function left(request: RequestRecord): string[] {
  const steps = keptSteps(request);
  const firstTaking = steps.findIndex(({ verb }) => verb === "take flashes");
  const flashed = steps.slice(firstTaking + 1).filter(({ verb }) => verb === "flash");
  return flashed.map(({ result }) => result as string);
}

function readingsOf({ requests }: History): Reading[] {
  return requests.flatMap((request) => {
    const { found: session, sent, opened, saved, outcome } = request;
    const taking = keptSteps(request).find(({ verb }) => verb === "take flashes");
    if (
      taking === undefined ||
      session === undefined ||
      outcome !== "saved" ||
      sessionAfter(request) !== session
    )
      return [];
    const messages = taking.result as readonly string[];
    return [{ session, messages, request, start: sent.number, opened: opened.number, end: saved.number }];
  });
}
