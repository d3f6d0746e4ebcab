import { expect, test } from "vitest";
import { toBrowserName } from "../../../functions/demo/page/browser-name.ts";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "Safari on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
    "Chrome on iOS",
  ],
  ["(Windows NT 10; Win64; x64) Chrome/142 Edg/142", "Edge on Windows"],
  ["(Linux; Android 10; K) Chrome/142", "Chrome on Android"],
  ["(Macintosh; Intel Mac OS X 10_15_7) Safari/26", "Safari on macOS"],
  ["(iPhone; CPU iPhone OS 18_7) Safari/26", "Safari on iOS"],
  ["(Android 16; Mobile) Firefox/145", "Firefox on Android"],
  ["(iPhone; CPU iPhone OS 18_6_2) Instagram 404 (iPhone15,2; iOS 18", "iOS"],
  ["curl/8.14.1", "curl"],
  ["Something on Windows", "Windows"],
  [undefined, "Unknown browser"],
  ["", "Unknown browser"],
  ["x".repeat(256), "x".repeat(40)],
])("a browser that calls itself %j is shown as %j", (userAgent, name) => {
  expect(toBrowserName(userAgent)).toBe(name);
});
