import { describe, expect, test } from "vitest";
import { createIdentifier } from "../../../shared/crypto/identifiers.ts";
import { resolveSettings } from "../../../shared/session/session-settings.ts";
import { toMemberAttribute } from "../../../shared/stores/dynamodb/dynamodb-user-item.ts";
import { MemoryStore } from "../../../shared/stores/memory-store.ts";
import { Clock } from "../../../shared/testing/clock.ts";
import { shortenUserAgent } from "../../../shared/users/shorten-user-agent.ts";
import { UserSessionList } from "../../../shared/users/user-session-list.ts";
import { BARE_REQUEST } from "../../support/bare-request.ts";
import { USER_AGENTS } from "./user-agents.ts";

const LONGEST_ADDRESS = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff".padEnd(39, "f");
const USER = "u".repeat(43);

type AttributeValue = {
  readonly S?: string;
  readonly N?: string;
  readonly M?: Readonly<Record<string, AttributeValue>>;
};

/**
 * Returns the bytes of an attribute's value.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
function sizeOf({ S, N, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  const entries = Object.entries(M ?? {});
  return entries.reduce((sum, [name, value]) => sum + 1 + Buffer.byteLength(name) + sizeOf(value), 3);
}

/** Returns the size in bytes of a user's item after sign-ins with these headers. */
async function itemSize(headers: readonly string[]): Promise<number> {
  const [store, clock] = [new MemoryStore(), new Clock()];
  const settings = resolveSettings({ maxSessionsPerUser: headers.length });
  const list = new UserSessionList({ store, settings, nowSeconds: () => clock.seconds, log: () => {} });
  for (const header of headers)
    await list.add(USER, createIdentifier(), {
      ...BARE_REQUEST,
      cookies: [],
      address: LONGEST_ADDRESS,
      header: () => header,
    });
  const { sessions } = (await store.readUser(USER)) ?? { sessions: new Map() };
  expect(sessions.size).toBe(headers.length);
  const members = [...sessions].map(([id, session]) => [id, toMemberAttribute(session)] as const);
  const item = {
    pk: { S: `user#${USER}` },
    generation: { N: "50" },
    removal: { S: createIdentifier() },
    ttl: { N: "1800000000" },
    sessions: { M: Object.fromEntries(members) as Record<string, AttributeValue> },
  };
  return sizeOf({ M: item });
}

describe("shortenUserAgent", () => {
  test.each(USER_AGENTS)(
    "the header of %s is shortened to its system and its products",
    (_browser, header, kept) => {
      expect(shortenUserAgent(header)).toBe(kept);
    },
  );

  test.each([
    ["curl/8.14.1", "curl/8"],
    ["Laptop", "Laptop"],
    ["Mozilla/5.0", "Mozilla/5"],
    ["(", "("],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
  ])("the header %j is shortened to %j", (header, kept) => {
    expect(shortenUserAgent(header)).toBe(kept);
  });

  test("the beginning of a header decides alone how it is shortened, however long the header is", () => {
    expect(shortenUserAgent(`${"Gecko/1 ".repeat(64)}curl/8`)).toBe("");
  });
});

describe("the list of a user with 50 sessions", () => {
  const fifty = (headerOf: (index: number) => string) =>
    Array.from({ length: 50 }, (_, index) => headerOf(index));

  test("50 sessions of a user are less than 8 KB with the headers of common browsers and the longest addresses", async () => {
    const headerOf = (index: number) => USER_AGENTS[index % USER_AGENTS.length]?.[1] ?? "";
    expect(await itemSize(fifty(headerOf))).toBeLessThan(8 * 1024);
  });

  test("50 sessions of a user are less than 9 KB with the longest headers and addresses", async () => {
    expect(await itemSize(fifty(() => "x".repeat(10_000)))).toBeLessThan(9 * 1024);
  });
});
