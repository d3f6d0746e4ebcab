import { createWithSession } from "../../../shared/lambda/with-session.ts";
import type { Session } from "../../../shared/session/session.ts";
import type { SessionInterface } from "../../../shared/session/session-interface.ts";
import type { Markup } from "../../../shared/values/types/markup.ts";
import type { Tuple } from "../../../shared/values/types/tuple.ts";
import type { UUID } from "../../../shared/values/types/uuid.ts";

// Nothing here runs. `npm run types` fails when a line compiles that should not, or the other way round.

/** An interface and not a type alias, because applications write interfaces. */
interface CartItem {
  sku: string;
  count: number;
  note?: string;
}

interface Data {
  name: string;
  visits: number;
  theme?: "dark" | "light";
  cart: CartItem[];
  limit: number | null;
}

/** The type `true` if two types are identical, not only assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue<_T extends true>(): void {}

export async function aTypedSessionKnowsItsKeysAndTheirTypes(session: Session<Data>): Promise<void> {
  session.set("name", "Ada").set("visits", 1).set("theme", "dark").set("limit", null);
  session.set("cart", [{ sku: "a", count: 1 }]);
  // @ts-expect-error there is no such key
  session.set("nmae", "Ada");
  // @ts-expect-error there is no such key
  session.get("nmae");
  // @ts-expect-error there is no such key
  session.has("nmae");
  // @ts-expect-error there is no such key
  session.delete("nmae");
  // @ts-expect-error the value is a string
  session.set("name", 5);
  // @ts-expect-error the value is one of two strings
  session.set("theme", "blue");
  // @ts-expect-error the items have a count
  session.set("cart", [{ sku: "a" }]);
  // @ts-expect-error undefined cannot be set, even for an optional key: delete the key instead
  session.set("theme", undefined);
}

export async function aValueMayBeUndefined(session: Session<Data>): Promise<void> {
  isTrue<Same<ReturnType<typeof session.get<"name">>, string | undefined>>();
  isTrue<Same<ReturnType<typeof session.get<"theme">>, "dark" | "light" | undefined>>();
  // @ts-expect-error the value may be undefined
  session.get("name").length;
  session.get("cart")?.push({ sku: "a", count: 1 });
  // @ts-expect-error the items have a count
  session.get("cart")?.push({ sku: "a" });
}

export async function updateTakesAndReturnsTheTypeOfTheValue(session: Session<Data>): Promise<void> {
  isTrue<Same<Awaited<ReturnType<typeof session.update<"name">>>, string>>();
  await session.update("visits", (visits) => (visits ?? 0) + 1);
  await session.update("theme", (theme) => (theme === "dark" ? "light" : "dark"));
  // @ts-expect-error the current value may be undefined
  await session.update("visits", (visits) => visits + 1);
  // @ts-expect-error the value is a number
  await session.update("visits", () => "one");
  // @ts-expect-error undefined cannot be stored
  await session.update("theme", () => undefined);
  // @ts-expect-error the change is synchronous, because it may be called again
  await session.update("visits", async () => 1);
}

export async function onlyNumbersAreIncremented(session: Session<Data>): Promise<void> {
  isTrue<Same<ReturnType<typeof session.increment>, Promise<number>>>();
  await session.increment("visits");
  await session.increment("visits", 5);
  // @ts-expect-error the value is a string
  await session.increment("name");
  // @ts-expect-error the value is an array
  await session.increment("cart");
  // @ts-expect-error the value may be null
  await session.increment("limit");
  // @ts-expect-error the step is a number
  await session.increment("visits", "5");
}

export async function anOptionalNumberIsIncrementedToo(session: Session<{ count?: number }>): Promise<void> {
  await session.increment("count");
}

export async function aSessionWithoutADeclaredTypeTakesAnyKey(session: Session): Promise<void> {
  session.set("anything", { at: "all" });
  await session.increment("anything");
  session.get("anything").at;
}

export function signInTakesAUser(session: Session<Data>): void {
  session.signIn({ id: "1", name: "Ada" });
  // @ts-expect-error a user has a name
  session.signIn({ id: "1" });
  // @ts-expect-error an id is a string
  session.signIn({ id: 1, name: "Ada" });
  // @ts-expect-error the user is changed with signIn
  session.user = { id: "1", name: "Ada" };
}

export function typesThatCanBeStoredMayBeDeclared(sessionInterface: SessionInterface): void {
  createWithSession<Data>({ sessionInterface })((_event, session) => session.get("name"));
  createWithSession<{ date: Date; bytes: Uint8Array; html: Markup; id: UUID; big: bigint }>({
    sessionInterface,
  })(() => null);
  createWithSession<{ list: readonly string[]; pair: [string, number]; deep: { a?: { b: null }[] } }>({
    sessionInterface,
  })(() => null);
  createWithSession<Record<string, number>>({ sessionInterface })(() => null);
  // biome-ignore lint/suspicious/noExplicitAny: the test declares this type
  createWithSession<{ whatever: any }>({ sessionInterface })(() => null);
}

export function tuplesMayBeDeclared(sessionInterface: SessionInterface): void {
  createWithSession<{ pair: Tuple<string> }>({ sessionInterface })(() => null);
  createWithSession<{ nested: Tuple<string | Tuple<Date>>[] }>({ sessionInterface })(() => null);
}

export function typesThatCannotBeStoredMakeWithSessionUncallable(sessionInterface: SessionInterface): void {
  // @ts-expect-error a function
  createWithSession<{ bad: () => void }>({ sessionInterface })(() => null);
  // @ts-expect-error a nested function
  createWithSession<{ bad: { deep: (() => void)[] } }>({ sessionInterface })(() => null);
  // @ts-expect-error a function in a tuple
  createWithSession<{ bad: Tuple<() => void> }>({ sessionInterface })(() => null);
  // @ts-expect-error a Map
  createWithSession<{ bad: Map<string, string> }>({ sessionInterface })(() => null);
  // @ts-expect-error a Set
  createWithSession<{ bad: Set<string> }>({ sessionInterface })(() => null);
  // @ts-expect-error a Map beside a type that can be stored
  createWithSession<{ good: string; bad?: Map<string, string> }>({ sessionInterface })(() => null);
  // @ts-expect-error a Map or a type that can be stored
  createWithSession<{ bad: string | Map<string, string> }>({ sessionInterface })(() => null);
  // @ts-expect-error a symbol
  createWithSession<{ bad: symbol }>({ sessionInterface })(() => null);
  // @ts-expect-error undefined
  createWithSession<{ bad: string | undefined }>({ sessionInterface })(() => null);
  // @ts-expect-error a regular expression
  createWithSession<{ bad: RegExp }>({ sessionInterface })(() => null);
  // @ts-expect-error a promise
  createWithSession<{ bad: Promise<string> }>({ sessionInterface })(() => null);
  // @ts-expect-error other binary data
  createWithSession<{ bad: Float64Array }>({ sessionInterface })(() => null);
  // @ts-expect-error unknown
  createWithSession<{ bad: unknown }>({ sessionInterface })(() => null);
}

export function settingsAreTyped(sessionInterface: SessionInterface): void {
  // @ts-expect-error the origins are an array
  createWithSession<Data>({ sessionInterface, trustedOrigins: "https://app.example.com" });
  // @ts-expect-error a session interface is required
  createWithSession<Data>({});
}
