import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OidcClient } from "../../../../shared/oidc/provider/oidc-client.ts";
import { ProviderError } from "../../../../shared/oidc/provider/provider-error.ts";
import { prepareRefresh } from "../../../../shared/oidc/tokens/refresh-grant.ts";

type Respond = (response: ServerResponse) => void;

let server: ReturnType<typeof createServer>;
let issuer: string;
let respond: Respond;
/** Bodies of the requests to the token endpoint. */
let bodies: URLSearchParams[];

beforeEach(async () => {
  bodies = [];
  server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(close);

async function close(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url?.endsWith("/openid-configuration")) {
    const endpoints = ["authorization", "token"].map((name) => [`${name}_endpoint`, `${issuer}/${name}`]);
    json(response, 200, { issuer, jwks_uri: `${issuer}/keys`, ...Object.fromEntries(endpoints) });
    return;
  }
  bodies.push(new URLSearchParams(Buffer.concat(await Array.fromAsync(request)).toString()));
  respond(response);
}

function json(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Returns the result of a refresh by a client of this provider. */
async function refresh({ secrets }: { secrets?: string[] } = {}): Promise<object> {
  const client = new OidcClient({
    issuer,
    clientId: "application",
    timeout: 60_000,
    ...(secrets && { clientSecret: async () => secrets.shift() ?? "" }),
    log: () => {},
  });
  const send = await prepareRefresh(client);
  if (send instanceof ProviderError) throw send;
  const result = await send("refresh-1");
  return "reason" in result ? result : { ...result.response, subject: result.subject };
}

const TOKENS = {
  access_token: "access-2",
  token_type: "Bearer",
  expires_in: 300,
  refresh_token: "refresh-2",
};

describe("a refresh by the client that is used in production", () => {
  test("a refresh sends the refresh token, and returns the new tokens", async () => {
    respond = (response) => json(response, 200, TOKENS);
    expect(await refresh()).toMatchObject({ access_token: "access-2", refresh_token: "refresh-2" });
    expect(bodies.map((body) => Object.fromEntries(body))).toEqual([
      { grant_type: "refresh_token", refresh_token: "refresh-1", client_id: "application" },
    ]);
  });

  test("a refresh is sent again with a new secret only if the provider has rejected the client", async () => {
    const answers: Respond[] = [
      (response) => json(response, 401, { error: "invalid_client" }, { "www-authenticate": "Basic" }),
      (response) => json(response, 200, TOKENS),
    ];
    respond = (response) => answers.shift()?.(response);
    expect(await refresh({ secrets: ["old", "new"] })).toMatchObject({ access_token: "access-2" });
    expect(bodies).toHaveLength(2);
  });

  const REJECTED_CLIENT = { error: "invalid_client" };
  const FAILURES: [name: string, status: number, body: object, headers: object, failure: object][] = [
    ["invalid_grant", 400, { error: "invalid_grant" }, {}, { reason: "rejected" }],
    ["invalid_client", 401, REJECTED_CLIENT, {}, { reason: "client_rejected", retryAfter: 5 }],
    ["invalid_client with 400", 400, REJECTED_CLIENT, {}, { reason: "client_rejected", retryAfter: 5 }],
    ["invalid_scope", 400, { error: "invalid_scope" }, {}, { reason: "failed" }],
    ["500", 500, {}, {}, { reason: "failed" }],
    ["502", 502, {}, {}, { reason: "failed" }],
    ["503", 503, {}, {}, { reason: "busy", retryAfter: 5 }],
    ["503 and Retry-After", 503, {}, { "retry-after": "7" }, { reason: "busy", retryAfter: 7 }],
    [
      "429 and Retry-After",
      429,
      { error: "slow" },
      { "retry-after": "8" },
      { reason: "busy", retryAfter: 8 },
    ],
    [
      "429 and a date",
      429,
      {},
      { "retry-after": "Mon, 23 Nov 2026 12:00:00 GMT" },
      { reason: "busy", retryAfter: 5 },
    ],
    ["a redirect", 302, {}, { location: "/elsewhere" }, { reason: "failed" }],
    ["200 without tokens", 200, {}, {}, { reason: "failed" }],
  ];

  test.each(FAILURES)(
    "a refresh that is answered with %s fails with a reason",
    async (_name, status, body, headers, failure) => {
      respond = (response) => json(response, status, body, headers);
      expect([await refresh(), bodies.length]).toEqual([failure, 1]);
    },
  );

  test("a refresh whose connection breaks may have used the refresh token", async () => {
    respond = (response) => response.destroy();
    expect(await refresh()).toEqual({ reason: "failed" });
  });

  test("a refresh that is not answered in time may have used the refresh token", async () => {
    const controller = new AbortController();
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(controller.signal);
    respond = () => controller.abort(new DOMException("The operation timed out", "TimeoutError"));
    expect(await refresh()).toEqual({ reason: "timeout" });
  });

  test("a refresh whose connection is refused has not used the refresh token", async () => {
    const client = new OidcClient({ issuer, clientId: "application", log: () => {} });
    const send = await prepareRefresh(client);
    await close();
    if (send instanceof ProviderError) throw send;
    expect(await send("refresh-1")).toEqual({ reason: "unreachable", retryAfter: 5 });
  });

  test("a refresh is not prepared by a client that cannot read the metadata", async () => {
    await close();
    const client = new OidcClient({ issuer, clientId: "application", log: () => {} });
    expect(await prepareRefresh(client)).toMatchObject({
      reason: "provider_unreachable",
      message: "the provider cannot be reached (ECONNREFUSED)",
    });
  });
});
