import { isReserved, type Session } from "lambda-sessions";
import { type HttpEvent, readForm, refuse } from "lambda-sessions/lambda";
import { seeOther } from "../runtime/responses.ts";
import { isValueType, parseValue, type ValueType } from "./page/typed-value.ts";
import { asPage } from "./response/as-page.ts";
import { toPageAddress } from "./response/notice.ts";
import { withAnySession } from "./with-any-session.ts";

const LONGEST_NAME = 100;

/** Names that handlers use themselves with a type of their own: those of this page and of the examples. */
const TAKEN: ReadonlySet<string> = new Set(["visits", "key", "claims", "providerTokens"]);

/**
 * `POST /demo/entries`: saves an entry of the session (`name`, `type`, `value`) or deletes one (`name`,
 * `action=delete`), and redirects to the page.
 */
export const handler = asPage(
  withAnySession((event, session) => {
    const { body: form, problem } = readForm(event);
    if (problem) return problem;
    const name = form.get("name")?.trim() ?? "";
    const wrong = checkName(name);
    if (wrong !== undefined) return refuse(event, 400, wrong);
    return form.get("action") === "delete" ? remove(session, name) : save(event, session, name, form);
  }),
);

/** Returns a sentence that says why an entry cannot have this name, or `undefined` if it can. */
function checkName(name: string): string | undefined {
  if (name === "") return "Please give the entry a name.";
  if (name.length > LONGEST_NAME) return `The name of an entry has at most ${LONGEST_NAME} characters.`;
  if (/\p{Cc}/u.test(name)) return "The name of an entry has no line breaks and no other control characters.";
  if (isReserved(name))
    return `The session keeps something of its own under ${name}, so please take another name.`;
  return undefined;
}

function remove(session: Session, name: string) {
  return seeOther(toPageAddress(session.delete(name) ? "deleted" : "absent"));
}

function save(event: HttpEvent, session: Session, name: string, form: URLSearchParams) {
  if (TAKEN.has(name))
    return refuse(event, 400, `The application itself uses ${name}, so please take another name.`);
  const type = form.get("type") ?? "";
  if (!isValueType(type)) return refuse(event, 400, "Please choose a type: text, number, date or list.");
  const value = parseValue(type, form.get("value") ?? "");
  if (value === undefined) return refuse(event, 400, EXPECTED[type]);
  session.set(name, value);
  session.flash(`${name} is saved.`);
  return seeOther("/demo");
}

const EXPECTED = {
  text: "That is no text.",
  number: "That is no number. Please write one such as 42 or -3.5.",
  date: "That is no date. Please write one such as 2026-11-26, or 2026-11-26 09:30 for a time in UTC.",
  list: "That is no list.",
} as const satisfies Record<ValueType, string>;
