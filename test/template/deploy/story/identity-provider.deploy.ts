import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { fetch } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type LocalProvider,
  ProviderVisitor,
  startLocalProvider,
} from "../../../../shared/local-provider.ts";
import { DeployedBrowser, DISPATCHER } from "../deployed-browser.ts";
import { deployment, SIGN_IN_STACK, type SignInStack } from "../deployment.ts";
import { logLines } from "../function-logs.ts";
import { StackResources } from "../stack-resources.ts";

const { signIn } = deployment();
const stack = signIn as SignInStack;
const SECRET = randomBytes(32).toString("base64url");
const ADA = { id: "ada", name: "Ada Lovelace", email: "ada@people.example" };
const GRACE = { id: "grace", name: "Grace Hopper", email: "grace@people.example", secondFactor: true };

/** A visitor with a browser, which the application and the provider share. */
class Visitor {
  readonly browser = new DeployedBrowser(stack.url);
  readonly #atProvider = new ProviderVisitor();

  /** Signs in as a person, and returns the path to which the application sends the visitor. */
  async signIn(person: string, path = "/sign-in?returnTo=%2Fsession"): Promise<string> {
    const { url } = await this.#atProvider.signInAs(person, await this.#location(path));
    return this.#location(new URL(url).pathname + new URL(url).search);
  }

  /** Signs out here and at the provider, and returns the path to which the provider sends the visitor. */
  async signOut(): Promise<string> {
    const page = await (await this.browser.post("/sign-out")).text();
    const [, link = ""] = /<a href="([^"]+)"/.exec(page) ?? [];
    const { url } = await this.#atProvider.open(link.replaceAll("&#38;", "&"));
    return new URL(url).pathname;
  }

  async userId(): Promise<string | undefined> {
    return (await this.browser.session()).user?.id;
  }

  async #location(path: string): Promise<string> {
    const response = await this.browser.get(path);
    expect([path.split("?", 1)[0], response.status]).toEqual([path.split("?", 1)[0], 303]);
    return response.headers.get("location") ?? "";
  }
}

describe.runIf(signIn)("in the stack whose visitors sign in at a provider", () => {
  let provider: LocalProvider;

  beforeAll(async () => {
    const origin = new URL(stack.url).origin;
    provider = await startLocalProvider({
      port: Number(new URL(stack.issuer).port),
      people: [ADA, GRACE],
      clients: [
        {
          clientId: SIGN_IN_STACK.oidcClientId,
          clientSecret: SECRET,
          origins: [origin],
          backChannelLogoutUri: `${origin}/sign-out/back-channel`,
        },
      ],
      deliver: async (url, body) => {
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        return (await fetch(url, { method: "POST", body, headers, dispatcher: DISPATCHER })).status;
      },
    });
  });

  afterAll(() => provider.close());

  test("before the client secret is stored, a sign-in is answered with a sentence, and other pages work", async () => {
    const { browser } = new Visitor();
    const response = await browser.get("/sign-in");
    expect([response.status, await browser.visit()]).toEqual([503, 1]);
  });

  test("a client secret that is stored later is used without a deployment", async () => {
    const [SecretId = ""] = (await StackResources.of(stack)).ids(
      "AWS::SecretsManager::Secret",
      "ClientSecret",
    );
    await new SecretsManager().putSecretValue({ SecretId, SecretString: SECRET });
    const status = async () => (await new Visitor().browser.get("/sign-in")).status;
    // The function looks for a missing secret again after a while.
    await expect.poll(status, { timeout: 180_000, interval: 2000 }).toBe(303);
  });

  test("a visitor signs in at the provider, returns to the page that asked, and keeps their data", async () => {
    const visitor = new Visitor();
    await visitor.browser.visit();
    expect(await visitor.signIn("ada")).toBe("/session");
    expect(await visitor.browser.session()).toMatchObject({
      user: { id: "ada", name: "Ada Lovelace" },
      data: { visits: 1 },
    });
  });

  test("a page that needs a fresh sign-in with two factors sends the visitor to the provider and back", async () => {
    const visitor = new Visitor();
    await visitor.signIn("grace");
    expect(await visitor.signIn("grace", "/sign-in?returnTo=%2Fdemo%2Ffresh&maxAge=60&acr=mfa")).toBe(
      "/demo/fresh",
    );
    expect((await visitor.browser.get("/demo/fresh")).status).toBe(200);
  });

  test("a visitor signs out here and at the provider", async () => {
    const visitor = new Visitor();
    await visitor.signIn("ada");
    expect(await visitor.signOut()).toBe("/signed-out");
    expect(await visitor.userId()).toBeUndefined();
    await expect(visitor.signIn("ada")).resolves.toBe("/session");
  });

  test("a logout at the provider ends the session at its next request, and only those of that person", async () => {
    const [ada, grace] = [new Visitor(), new Visitor()];
    await ada.signIn("ada");
    await grace.signIn("grace");
    expect([await ada.userId(), await grace.userId()]).toEqual(["ada", "grace"]);
    await provider.signOutEverywhere("ada");
    expect([await ada.userId(), await grace.userId()]).toEqual([undefined, "grace"]);
  });

  test("a function behind the authorizer knows the user, and requests of other visitors do not reach it", async () => {
    const visitor = new Visitor();
    await visitor.browser.visit();
    const statuses = [(await new Visitor().browser.get("/reports/7")).status];
    statuses.push((await visitor.browser.get("/reports/7")).status);
    expect(statuses).toEqual([401, 403]);
    await visitor.signIn("ada");
    const report = await (await visitor.browser.get("/reports/7")).json();
    expect(report).toEqual({ report: "7", userId: "ada", visits: 1 });
    await visitor.signOut();
    expect((await visitor.browser.get("/reports/7")).status).not.toBe(200);
  });

  test("an HTTP service behind the authorizer gets the user in headers that no client can set, and no cookie", async () => {
    const visitor = new Visitor();
    await visitor.signIn("ada");
    const received: IncomingHttpHeaders[] = [];
    const service = createServer(({ headers }, response) => {
      received.push(headers);
      response.end("{}");
    }).listen(Number(new URL(stack.service).port), "127.0.0.1");
    await once(service, "listening");
    const forged = { "x-user-id": "root", "x-session-id": "forged", "x-user-claims": "%7B%7D" };
    expect((await visitor.browser.get("/archive/7", { headers: forged })).status).toBe(200);
    service.close();
    const [headers = {}, ...others] = received;
    expect(others).toEqual([]);
    expect([headers["x-user-id"], headers.cookie]).toEqual(["ada", undefined]);
    expect(headers["x-session-id"]).toMatch(/^[\w-]{22}$/);
    expect(JSON.parse(decodeURIComponent(`${headers["x-user-claims"]}`))).toEqual({ email: ADA.email });
  });

  test("the logs contain neither the client secret nor an e-mail address", async () => {
    await new Visitor().signIn("ada");
    const lines = await logLines(await (await StackResources.of(stack)).logGroups());
    expect(lines.length).toBeGreaterThan(10);
    expect(
      lines.filter((line) => [SECRET, ADA.email, "eyJ"].some((part) => line.includes(part))),
    ).toHaveLength(0);
  });
});
