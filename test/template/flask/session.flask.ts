import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LocalServer } from "../../../shared/local-run/local-server.ts";
import { type FlaskConfig, type FlaskServer, startFlask } from "./flask-server.ts";
import { startStack } from "./local-stack.ts";
import { SharedBrowser } from "./shared-browser.ts";

const KEY = "the-key-that-both-sides-know-0123456789";
const NEW_KEY = "the-key-that-came-after-it-0123456789";

let flask: FlaskServer;
let stack: LocalServer;
let browser: SharedBrowser;
const running: { close(): Promise<void> }[] = [];

async function start(config: FlaskConfig, secretKeys: readonly string[]): Promise<void> {
  [flask, stack] = await Promise.all([startFlask(config), startStack(secretKeys)]);
  running.push(flask, stack);
}

async function stop(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.close()));
}

beforeEach(() => {
  browser = new SharedBrowser();
});

type Dict = { entries: [string, unknown][] };

const read = async (url: string) => (await browser.get(url)).json() as Promise<Dict>;
const inFlask = () => read(`${flask.url}/session`);
const inStack = () => read(`${stack.url}/values`);
const dict = (values: Record<string, unknown>) => ({ py: "dict", entries: Object.entries(values) });

const dataInFlask = async () => Object.fromEntries((await inFlask()).entries);
const dataInStack = async () => Object.fromEntries((await inStack()).entries);

/** One value of every type that a session stores, in the neutral form. */
const VALUES = {
  text: "Zoë \u2028 日本語 😀 <&>\"'\\",
  empty: "",
  int: 9007199254740991,
  negative: -1,
  zero: 0,
  float: { py: "float", value: "0.1" },
  small: { py: "float", value: "5e-07" },
  negzero: { py: "float", value: "-0.0" },
  big: { py: "int", value: "1234567890123456789012345" },
  bigNegative: { py: "int", value: "-18446744073709551616" },
  yes: true,
  no: false,
  none: null,
  list: [1, [2, ["three", null]], []],
  dict: dict({ "": dict({}), a: dict({ b: [1] }) }),
  tuple: { py: "tuple", value: [1, "two", { py: "tuple", value: [null] }] },
  bytes: { py: "bytes", base64: "AAECAwT//w==" },
  markup: { py: "markup", value: "<em>hi</em> & more" },
  uuid: { py: "uuid", value: "0597ebc1-6e9d-4077-9ca1-284f82f01b58" },
  datetime: { py: "datetime", epochSeconds: 1795366800 },
  before1970: { py: "datetime", epochSeconds: -1 },
  likeATag: dict({ " t": [1, 2] }),
  likeADate: dict({ " d": "not a date" }),
  likeADictTag: dict({ " di": dict({ a: 1 }) }),
  proto: dict({ ["__proto__"]: 1, constructor: 2 }),
  escapedNames: dict({ "\n": 1, '"': 2, "\\": 3, ü: 4, "\u2028": 5, 名: 6, "😀": 7 }),
} as const;

describe("with the same key on both sides", () => {
  beforeAll(() => start({ SECRET_KEY: KEY }, [KEY]));
  afterAll(stop);

  it.each(Object.entries(VALUES))("a function reads what Flask has stored: %s", async (name, value) => {
    await browser.post(`${flask.url}/session`, dict({ [name]: value }));
    expect(await dataInStack()).toEqual({ [name]: value });
  });

  it("Flask reads every type that it stored after a function has saved the session again", async () => {
    await browser.post(`${flask.url}/session`, dict(VALUES));
    const before = await browser.cookie(flask.url);
    await browser.put(`${stack.url}/values`);
    expect(await browser.cookie(flask.url)).not.toBe(before);
    expect(await dataInFlask()).toEqual(VALUES);
  });

  it("Flask reads every type that a function stored, and the function reads it again after Flask saved it", async () => {
    await browser.post(`${stack.url}/values`, dict(VALUES));
    const stored = await dataInStack();
    expect(await dataInFlask()).toEqual(VALUES);
    await browser.post(`${flask.url}/touch`);
    expect(await dataInStack()).toEqual(stored);
  });

  it("a date keeps its milliseconds in a function and is the same second in Flask", async () => {
    await browser.post(`${stack.url}/values`, dict({ at: { py: "datetime", epochSeconds: 1795366800.123 } }));
    expect(await dataInStack()).toEqual({ at: { py: "datetime", epochSeconds: 1795366800.123 } });
    expect(await dataInFlask()).toEqual({ at: VALUES.datetime });
  });

  it("a float without a fraction returns to Flask as the equal integer", async () => {
    await browser.post(`${flask.url}/session`, dict({ whole: { py: "float", value: "2.0" } }));
    await browser.put(`${stack.url}/values`);
    expect(await dataInFlask()).toEqual({ whole: 2 });
  });

  it("Flask and a function count the visits of one visitor in one session", async () => {
    await browser.get(`${stack.url}/visits`);
    expect(await dataInFlask()).toEqual({ visits: 1 });
    await browser.post(`${flask.url}/session`, dict({ visits: 41 }));
    expect(await (await browser.get(`${stack.url}/visits`)).json()).toEqual({ visits: 42 });
  });

  it("Flask shows a message that a function flashed, once", async () => {
    await browser.postForm(`${stack.url}/sign-in`, { name: "Ada" });
    const flashes = async () => (await browser.get(`${flask.url}/flashes`)).json();
    expect(await flashes()).toEqual([["message", "You are signed in as Ada."]]);
    expect(await flashes()).toEqual([]);
  });

  it("a function shows a message that Flask flashed, once", async () => {
    await browser.post(`${flask.url}/flash`, { message: "Saved <ok>", category: "info" });
    const home = async () => (await browser.get(`${stack.url}/`)).text();
    expect(await home()).toContain("Saved &#60;ok&#62;");
    expect(await home()).not.toContain("Saved");
  });

  it("Flask reads the user who signed in at a function, and no user after signing out", async () => {
    await browser.postForm(`${stack.url}/sign-in`, { name: "Ada" });
    expect((await dataInFlask())._user).toEqual(dict({ id: "Ada", name: "Ada" }));
    await browser.postForm(`${stack.url}/sign-out`, {});
    expect(await dataInFlask()).not.toHaveProperty("_user");
  });

  it("a session that Flask made permanent is permanent in a function and refreshed with each request", async () => {
    await browser.post(`${flask.url}/permanent`);
    await browser.post(`${flask.url}/session`, dict({ key: "value" }));
    const response = await browser.get(`${stack.url}/get`);
    expect(await response.text()).toBe("value");
    expect(response.headers.getSetCookie()[0]).toMatch(/^session=.+; Max-Age=2678400;/);
  });

  it("a session that Flask clears is empty in a function, and its cookie is deleted", async () => {
    await browser.get(`${stack.url}/set`);
    await browser.post(`${flask.url}/clear`);
    expect(await browser.cookie(stack.url)).toBeUndefined();
    expect(await (await browser.get(`${stack.url}/get`)).text()).toBe("Not set");
  });

  it("a session whose last item Flask removes has no cookie, although a function saved it", async () => {
    await browser.post(`${flask.url}/session`, dict({ a: 1 }));
    await browser.put(`${stack.url}/values`);
    await browser.post(`${flask.url}/remove/a`);
    expect(await browser.cookie(stack.url)).toBeUndefined();
  });

  it("a large session is compressed in both directions", async () => {
    const log = Array.from({ length: 60 }, (_, id) => dict({ id, name: `item-${id}` }));
    await browser.post(`${flask.url}/session`, dict({ log }));
    expect(await browser.cookie(stack.url)).toMatch(/^\./);
    await browser.put(`${stack.url}/values`);
    expect(await browser.cookie(stack.url)).toMatch(/^\./);
    expect(await dataInFlask()).toEqual({ log });
  });

  it("Flask and a function reject a cookie whose payload was changed", async () => {
    await browser.get(`${stack.url}/set`);
    const [payload, ...rest] = (await browser.cookie(stack.url))?.split(".") ?? [];
    const forged = [Buffer.from('{"key":"forged"}').toString("base64url"), ...rest].join(".");
    expect(payload).not.toBe(forged.split(".")[0]);
    await browser.jar.setCookie(`session=${forged}; Path=/`, stack.url);
    expect(await (await browser.get(`${stack.url}/get`)).text()).toBe("Not set");
    expect(await inFlask()).toEqual(dict({}));
  });
});

describe("while the key is rotated", () => {
  afterEach(stop);

  it("a function with both keys reads what Flask signs with the old one, and Flask then needs the new one", async () => {
    await start({ SECRET_KEY: KEY, SECRET_KEY_FALLBACKS: [NEW_KEY] }, [NEW_KEY, KEY]);
    await browser.post(`${flask.url}/session`, dict({ key: "value" }));
    expect(await dataInStack()).toEqual({ key: "value" });
    await browser.get(`${stack.url}/set`);
    expect(await dataInFlask()).toEqual({ key: "value" });
  });

  it("Flask with both keys reads what a function signs with the old one", async () => {
    await start({ SECRET_KEY: NEW_KEY, SECRET_KEY_FALLBACKS: [KEY] }, [KEY]);
    await browser.get(`${stack.url}/set`);
    expect(await dataInFlask()).toEqual({ key: "value" });
  });

  it("a function without the new key has an empty session and keeps the cookie", async () => {
    await start({ SECRET_KEY: NEW_KEY }, [KEY]);
    await browser.post(`${flask.url}/session`, dict({ key: "value" }));
    expect(await (await browser.get(`${stack.url}/get`)).text()).toBe("Not set");
    expect(await dataInFlask()).toEqual({ key: "value" });
  });
});
