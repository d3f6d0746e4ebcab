import { expect, test } from "vitest";
import { ProviderLinks } from "../../../../shared/oidc/back-channel/provider-links.ts";
import { providerSessionLinks } from "../../../../shared/oidc/back-channel/provider-session-links.ts";
import type { SignedIn } from "../../../../shared/oidc/sign-in-options.ts";
import type { Session } from "../../../../shared/session/session.ts";
import type { SessionSettings } from "../../../../shared/session/session-settings.ts";
import type { ConditionalWrite } from "../../../../shared/stores/conditional-store.ts";
import { MemoryConditionalStore } from "../../../../shared/stores/memory-conditional-store.ts";
import { Clock } from "../../../../shared/testing/clock.ts";

const DAY = 24 * 60 * 60;
const ISSUER = "https://provider.example";
const clock = new Clock();

/** Store that records what is written. */
class RecordingStore extends MemoryConditionalStore {
  readonly written: { key: string; value: string; seconds: number }[] = [];

  override write(key: string, value: string, write: ConditionalWrite): Promise<boolean> {
    this.written.push({ key, value, seconds: write.expiresAt - clock.seconds });
    return super.write(key, value, write);
  }
}

function signedIn(claims: Record<string, unknown> = {}, id = "ada@people.example"): SignedIn {
  const now = clock.seconds;
  return {
    user: { id, name: "Ada" },
    claims: { iss: ISSUER, sub: "sub-of-ada", aud: "app", iat: now, exp: now + 300, sid: "sid-1", ...claims },
    tokens: { access_token: "access-token", token_type: "bearer", id_token: "id-token" },
  } as unknown as SignedIn;
}

async function link(
  settings: SessionSettings = { absoluteLifetime: 30 * DAY },
  claims = {},
): Promise<RecordingStore> {
  const items = new RecordingStore({ clock: clock.now });
  const hooks = providerSessionLinks({ items, settings, clock: clock.now });
  await hooks.onSignIn({} as Session, signedIn(claims));
  return items;
}

test("a link contains neither the user's id nor a claim nor a token", async () => {
  const { written } = await link();
  expect(written).toHaveLength(2);
  expect(JSON.stringify(written)).not.toMatch(/ada|sub-of|sid-1|provider\.example|token/);
});

test("a remembered logout contains neither the user's id nor a claim", async () => {
  const items = await link();
  const links = new ProviderLinks(items);
  await links.endSession(ISSUER, "sid-1", clock.seconds, clock.seconds);
  await links.endSubject(ISSUER, "sub-of-ada", clock.seconds, clock.seconds);
  expect(items.written).toHaveLength(4);
  expect(JSON.stringify(items.written)).not.toMatch(/ada|sub-of|sid-1|provider\.example/);
});

test.each<[what: string, settings: SessionSettings, seconds: number]>([
  ["the default", {}, 30 * DAY],
  ["a shorter absolute lifetime", { absoluteLifetime: 3600, rememberFor: 600 }, 3600],
  ["remembered sessions", { absoluteLifetime: 3600, rememberFor: 60 * DAY }, 60 * DAY],
  ["no absolute lifetime", { flask: true }, 400 * DAY],
  ["no absolute lifetime and a long lifetime", { flask: true, lifetime: 500 * DAY }, 500 * DAY],
])(
  "a link expires with the longest session that the settings allow: %s",
  async (_what, settings, seconds) => {
    expect((await link(settings)).written).toMatchObject([{ seconds }, { seconds }]);
  },
);

test.each([
  ["absent", undefined],
  ["empty", ""],
  ["a number", 7],
])("a sign-in whose sid is %s links the user alone", async (_what, sid) => {
  const { written } = await link(undefined, { sid });
  expect(written).toMatchObject([{ key: expect.stringMatching(/^provider-subject#/) }]);
});

test("a sign-in with the same session of the provider extends the link", async () => {
  const items = await link();
  const hooks = providerSessionLinks({ items, settings: { absoluteLifetime: 30 * DAY }, clock: clock.now });
  clock.advance(DAY);
  await hooks.onSignIn({} as Session, signedIn());
  clock.advance(30 * DAY - 1);
  const links = new ProviderLinks(items);
  expect(await links.endSession(ISSUER, "sid-1", clock.seconds, clock.seconds)).toHaveLength(1);
});

test("a logout is remembered for an hour", async () => {
  const items = await link();
  const { afterSave } = providerSessionLinks({ items, clock: clock.now });
  const links = new ProviderLinks(items);
  const claims = signedIn();
  await links.endSession(ISSUER, "sid-1", clock.seconds, clock.seconds);
  await links.endSubject(ISSUER, "sub-of-ada", clock.seconds, clock.seconds);
  expect(await afterSave(claims)).toBe(false);
  clock.advance(3600);
  expect(await afterSave(claims)).toBe(false);
  clock.advance(1);
  expect(await afterSave(claims)).toBe(true);
});

test("the session of another issuer with the same sid is another session", async () => {
  const items = await link();
  const links = new ProviderLinks(items);
  expect(await links.endSession("https://other.example", "sid-1", clock.seconds, clock.seconds)).toEqual([]);
  const { afterSave } = providerSessionLinks({ items, clock: clock.now });
  expect(await afterSave(signedIn())).toBe(true);
});

test("a sign-in during whose save the memory of a logout expires is linked all the same", async () => {
  const items = await link(undefined, { sid: "another" });
  const hooks = providerSessionLinks({ items, clock: clock.now });
  const links = new ProviderLinks(items);
  await links.endSession(ISSUER, "sid-1", clock.seconds, clock.seconds);
  clock.advance(3600);
  await hooks.onSignIn({} as Session, signedIn());
  clock.advance(1);
  expect(await hooks.afterSave(signedIn())).toBe(true);
  expect(await links.endSession(ISSUER, "sid-1", clock.seconds, clock.seconds)).toHaveLength(1);
});
