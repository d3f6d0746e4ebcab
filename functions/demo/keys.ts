import { isReserved, type Session } from "lambda-sessions";
import { formOf } from "../runtime/form.ts";
import { seeOther, text } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import type { SessionData } from "../runtime/session-data.ts";
import { asPage } from "./page/as-page.ts";
import { toThePage } from "./page/notice.ts";
import { isValueType, parseValue, type ValueType } from "./page/typed-value.ts";

const LONGEST_NAME = 100;

/** Keys whose types the application relies on. */
const OWN_KEYS: ReadonlySet<string> = new Set<keyof SessionData>(["key", "visits"]);

/**
 * `POST /keys`: sets a key of the session (`name`, `type`, `value`) or deletes one (`name`, `action=delete`), and leads
 * back to the page.
 */
export const handler = asPage(
  withSession((event, session) => {
    // Visitors name their own keys, which the application's type does not know.
    const [anySession, form] = [session as unknown as Session, formOf(event)];
    const name = form.get("name")?.trim() ?? "";
    const problem = problemWith(name);
    if (problem !== undefined) return text(`${problem}\n`, 400);
    return form.get("action") === "delete" ? remove(anySession, name) : set(anySession, name, form);
  }),
);

/** What is wrong with the name of a key. */
function problemWith(name: string): string | undefined {
  if (name === "") return "Please give the key a name.";
  if (name.length > LONGEST_NAME) return `The name of a key has at most ${LONGEST_NAME} characters.`;
  if (/\p{Cc}/u.test(name)) return "The name of a key has no line breaks and no other control characters.";
  if (isReserved(name))
    return `The session keeps something of its own under ${name}, so please take another name.`;
  return undefined;
}

function remove(session: Session, name: string) {
  return seeOther(toThePage(session.delete(name) ? "deleted" : "absent"));
}

function set(session: Session, name: string, form: URLSearchParams) {
  if (OWN_KEYS.has(name))
    return text(`The application itself uses ${name}, so please take another name.\n`, 400);
  const type = form.get("type") ?? "";
  if (!isValueType(type)) return text("Please choose a type: text, number, date or list.\n", 400);
  const value = parseValue(type, form.get("value") ?? "");
  if (value === undefined) return text(`${EXPECTED[type]}\n`, 400);
  session.set(name, value);
  session.flash(`${name} is saved.`);
  return seeOther("/");
}

const EXPECTED = {
  text: "That is no text.",
  number: "That is no number. Please write one such as 42 or -3.5.",
  date: "That is no date. Please write one such as 2026-11-26, or 2026-11-26 09:30 for a time in UTC.",
  list: "That is no list.",
} as const satisfies Record<ValueType, string>;
