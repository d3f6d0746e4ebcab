import { isReserved } from "../../shared/session/reserved-keys.ts";
import type { Session } from "../../shared/session/session.ts";
import { formOf } from "../runtime/form.ts";
import { seeOther, text } from "../runtime/responses.ts";
import { withSession } from "../runtime/session.ts";
import type { SessionData } from "../runtime/session-data.ts";
import { asPage } from "./page/as-page.ts";
import { isValueType, parseValue } from "./page/typed-value.ts";

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
    const problem = change(session as unknown as Session, formOf(event));
    return problem === undefined ? seeOther("/") : text(`${problem}\n`, 400);
  }),
);

/** Changes a key, or says what is wrong. */
function change(session: Session, form: URLSearchParams): string | undefined {
  const name = form.get("name")?.trim() ?? "";
  if (name === "") return "Please give the key a name.";
  if (name.length > LONGEST_NAME) return `The name of a key has at most ${LONGEST_NAME} characters.`;
  if (isReserved(name))
    return `The session keeps something of its own under ${name}, so please take another name.`;
  return form.get("action") === "delete" ? remove(session, name) : set(session, name, form);
}

function remove(session: Session, name: string): string | undefined {
  session.flash(session.delete(name) ? `${name} is deleted.` : `There was no ${name}.`);
  return undefined;
}

function set(session: Session, name: string, form: URLSearchParams): string | undefined {
  if (OWN_KEYS.has(name)) return `The application itself uses ${name}, so please take another name.`;
  const type = form.get("type") ?? "";
  if (!isValueType(type)) return "Please choose a type: text, number, date or list.";
  const value = parseValue(type, form.get("value") ?? "");
  if (value === undefined) return EXPECTED[type as keyof typeof EXPECTED];
  session.set(name, value);
  session.flash(`${name} is saved.`);
  return undefined;
}

const EXPECTED = {
  number: "That is no number. Please write one such as 42 or -3.5.",
  date: "That is no date. Please write one such as 2026-11-26, or 2026-11-26 09:30 for a time in UTC.",
};
