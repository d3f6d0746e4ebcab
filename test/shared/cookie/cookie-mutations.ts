import { deflateSync, inflateSync } from "node:zlib";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Characters that a careless parser may skip, or take for an end or a separator. */
const INSERTED = [
  ..." \t\n\r\0.,=+/%-_A\"'\\&?#~",
  "\u00a0",
  "\ufeff",
  "\u200b",
  "é",
  "．",
  "%20",
  "%00",
  "..",
  "==",
];

/** Flips each bit of each character of a cookie. */
export function bitFlips(cookie: string): string[] {
  return everywhere(cookie, (char) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => String.fromCharCode(char.charCodeAt(0) ^ (1 << bit))),
  );
}

/** Returns each prefix, each suffix, and the cookie without each of its characters. */
export function truncations(cookie: string): string[] {
  const places = [...cookie].map((_, index) => index);
  return [
    ...places.map((index) => cookie.slice(0, index)),
    ...places.slice(1).map((index) => cookie.slice(index)),
    ...everywhere(cookie, () => [""]),
  ];
}

/** Inserts characters before each character, and after the last one. */
export function insertions(cookie: string): string[] {
  return [
    ...everywhere(cookie, (char) => [...INSERTED, char].map((more) => more + char)),
    ...[...INSERTED, "A"].map((more) => cookie + more),
  ];
}

/** Swaps each pair of neighbouring characters, and changes the case of each character. */
export function swaps(cookie: string): string[] {
  return [
    ...[...cookie].map(
      (char, index) => cookie.slice(0, index) + (cookie[index + 1] ?? "") + char + cookie.slice(index + 2),
    ),
    ...everywhere(cookie, (char) => [char.toUpperCase(), char.toLowerCase()]),
    cookie.toUpperCase(),
    cookie.toLowerCase(),
  ];
}

/** Returns other spellings that a lenient parser would accept as the same cookie. */
export function respellings(cookie: string): string[] {
  return [
    ...eachPart(cookie, (part) => [
      `${part}=`,
      `${part}==`,
      plainAlphabet(part),
      ...twins(part),
      again(part),
    ]),
    ...everywhere(cookie, (char) => [percent(char), percent(char).toLowerCase(), `&#${char.charCodeAt(0)};`]),
    [...cookie].map(percent).join(""),
    plainAlphabet(cookie),
    cookie.replaceAll(".", "%2E"),
    `"${cookie}"`,
    `'${cookie}'`,
    `j:${cookie}`,
    `s:${cookie}`,
    again(cookie),
  ];
}

/** Replaces characters with others whose low byte, or whose compatibility form, is the same. */
export function lookAlikes(cookie: string): string[] {
  const wide = (char: string): string[] =>
    [0x100, 0x200, 0xff00].map((offset) => String.fromCharCode(char.charCodeAt(0) + offset));
  const fullWidth = (char: string): string => String.fromCharCode(char.charCodeAt(0) + 0xfee0);
  return [
    ...everywhere(cookie, (char) => [...wide(char), fullWidth(char)]),
    ...eachPart(cookie, (part) =>
      [0, 1, 2].map((offset) => [...part].map((char) => wide(char)[offset]).join("")),
    ),
    [...cookie].map(fullWidth).join(""),
  ];
}

/** Compresses the JSON in other ways, and keeps the timestamp and the signature. */
export function recompressions(cookie: string): string[] {
  const [timestamp, signature] = cookie.split(".").slice(-2);
  const payload = cookie.slice(0, -`.${timestamp}.${signature}`.length);
  const bytes = Buffer.from(payload.replace(".", ""), "base64url");
  const json = payload.startsWith(".") ? inflateSync(bytes) : bytes;
  const levels = [0, 1, 6, 9].map((level) => `.${deflateSync(json, { level }).toString("base64url")}`);
  return [...levels, json.toString("base64url")].map((other) => `${other}.${timestamp}.${signature}`);
}

/** Returns the cookie with each of its characters replaced, one at a time. */
function everywhere(cookie: string, replace: (char: string) => string[]): string[] {
  return [...cookie].flatMap((char, index) =>
    replace(char).map((other) => cookie.slice(0, index) + other + cookie.slice(index + 1)),
  );
}

function eachPart(cookie: string, replace: (part: string) => string[]): string[] {
  const parts = cookie.split(".");
  return parts.flatMap((part, index) => replace(part).map((other) => parts.with(index, other).join(".")));
}

/** Returns the spellings of the same bytes that differ in the bits that base64 does not use. */
function twins(part: string): string[] {
  const bytes = Buffer.from(part, "base64url");
  return [...ALPHABET]
    .map((char) => part.slice(0, -1) + char)
    .filter((twin) => Buffer.from(twin, "base64url").equals(bytes));
}

function plainAlphabet(text: string): string {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

function again(text: string): string {
  return Buffer.from(text).toString("base64url");
}
