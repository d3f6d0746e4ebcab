import { deepStrictEqual } from "node:assert/strict";
import { type Contestant, cookieHeader } from "./contestants/contestant.ts";
import { PAYLOADS, sessionOf } from "./sizes.ts";
import { tamper } from "./tamper.ts";

/**
 * Checks that a contestant does the measured work.
 *
 * @throws AssertionError that names the contestant and the work
 */
export async function check(contestant: Contestant): Promise<void> {
  const { name } = contestant;
  deepStrictEqual(await contestant.read(undefined, "visits"), undefined, `${name}: no cookie, no session`);
  for (const payload of PAYLOADS) {
    const session = sessionOf(payload);
    const cookie = await contestant.issue(session);
    deepStrictEqual(
      await contestant.read(cookie, "visits"),
      session.visits,
      `${name}, ${payload}: reads a number`,
    );
    deepStrictEqual(await contestant.read(cookie, "cart"), session.cart, `${name}, ${payload}: reads a list`);
    const refused = await contestant.read(tamper(cookie), "visits");
    deepStrictEqual(refused, undefined, `${name}, ${payload}: refuses a tampered cookie`);
    const { visits, cookies } = await contestant.change(cookie);
    deepStrictEqual(visits, session.visits + 1, `${name}, ${payload}: counts`);
    const changed = await contestant.read(cookieHeader(cookies), "visits");
    deepStrictEqual(changed, visits, `${name}, ${payload}: stores what it counted`);
  }
}
