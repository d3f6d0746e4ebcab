import { deepEqual } from "node:assert/strict";
import { type BenchSession, SIZE_NAMES, sessionOf } from "../sizes.ts";
import { tamper } from "../tamper.ts";
import type { TableContestant, Visitor } from "./contestant.ts";
import { signedIn, visitorWith } from "./requests.ts";

/**
 * Checks that a contestant does the measured work, in the table that the environment names.
 *
 * @throws AssertionError that names the contestant and the work
 */
export async function checkOnTable(contestant: TableContestant): Promise<void> {
  for (const size of SIZE_NAMES) await checkData(contestant, sessionOf(size));
  await checkUser(contestant);
}

async function checkData(contestant: TableContestant, data: BenchSession): Promise<void> {
  const { name } = contestant;
  const read = (cookie: string | undefined, key: string) =>
    contestant.request({ cookie }, (session) => session.get(key));
  deepEqual(await read(undefined, "visits"), undefined, `${name}: no cookie, no session`);
  const visitor = await visitorWith(contestant, data);
  const { cookie = "" } = visitor;
  deepEqual(await read(cookie, "visits"), data.visits, `${name}: reads a number`);
  deepEqual(await read(cookie, "cart"), data.cart, `${name}: reads a list`);
  deepEqual(await read(tamper(cookie), "visits"), undefined, `${name}: refuses a forged cookie`);
  await contestant.request(visitor, (session) => session.set("name", "Grace"));
  deepEqual(await read(cookie, "name"), "Grace", `${name}: stores what is set`);
  await contestant.request(visitor, (session) => session.increment("visits"));
  deepEqual(await read(cookie, "visits"), data.visits + 1, `${name}: stores what is counted`);
  await contestant.request(visitor, (session) => session.update("note", (note) => `${note}!`));
  deepEqual(await read(cookie, "note"), `${data.note}!`, `${name}: stores an update`);
}

async function checkUser(contestant: TableContestant): Promise<void> {
  const { name } = contestant;
  const visitor: Visitor = await signedIn(contestant, { visits: 1 });
  const { cookie } = visitor;
  const see = (shown: Visitor) =>
    contestant.request(shown, (session) => [session.user?.name, session.get("visits")]);
  deepEqual(await see(visitor), ["Ada", 1], `${name}: signs in`);
  await contestant.request(visitor, (session) => session.signOut());
  deepEqual(await see({ cookie }), [undefined, undefined], `${name}: signs out`);
}
