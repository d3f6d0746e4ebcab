import assert from "node:assert/strict";
import type { AdapterCase, AdapterUnderTest, Script } from "./adapter-under-test.ts";
import { onlySessionCookie, respond, withApplication } from "./application.ts";

/** Every byte once, which is no text in any encoding. */
const BYTES = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

/** Returns the cases of bodies in both directions, and of responses without one. */
export function bodyCases(adapter: AdapterUnderTest): AdapterCase[] {
  return [
    echoes(adapter, "a binary body arrives and returns unchanged", "application/octet-stream", BYTES),
    echoes(
      adapter,
      "a text of several languages arrives and returns unchanged",
      "text/plain",
      "ä 漢字 🙂\r\n",
    ),
    echoes(adapter, "a form arrives and returns unchanged", "application/x-www-form-urlencoded", "a=1&b=%20"),
    echoes(adapter, "bytes that are no text return unchanged whatever their type says", "text/plain", BYTES),
    withoutBody(adapter, "HEAD", 200),
    withoutBody(adapter, "GET", 204),
    withoutBody(adapter, "GET", 304),
  ];
}

function echoes(
  adapter: AdapterUnderTest,
  name: string,
  contentType: string,
  content: string | Buffer,
): AdapterCase {
  const script: Script = (session, { body }) => {
    session.set("length", body.length);
    const answer = typeof content === "string" ? body.toString() : body;
    return respond({ headers: [["content-type", contentType]], body: answer });
  };
  return {
    name,
    run: () =>
      withApplication(adapter, script, async ({ send }) => {
        const body = Buffer.from(content);
        const response = await send({ method: "POST", headers: [["content-type", contentType]], body });
        assert.deepEqual(response.body, body);
        onlySessionCookie(response);
      }),
  };
}

function withoutBody(adapter: AdapterUnderTest, method: string, statusCode: number): AdapterCase {
  const script: Script = (session) => {
    session.set("user", "Ada");
    return respond({ statusCode, headers: [["x-own", "1"]], body: statusCode === 200 ? "hello" : "" });
  };
  return {
    name: `a response to ${method} with ${statusCode} has no body, and sends the session's cookie`,
    run: () =>
      withApplication(adapter, script, async ({ send }) => {
        const response = await send({ method });
        assert.equal(response.statusCode, statusCode);
        assert.equal(response.body.length, 0);
        onlySessionCookie(response);
      }),
  };
}
