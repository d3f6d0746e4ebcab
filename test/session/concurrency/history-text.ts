import type { History, RequestRecord } from "./history.ts";
import type { Token } from "./session-system.ts";
import type { Violation } from "./violation.ts";

/** Tells what promises were broken, and all that happened to the sessions in question, as they are called here. */
export function violationsText(violations: readonly Violation[], history: History): string {
  const names = new Names(history);
  const sessions = new Set(violations.map(({ session }) => session));
  const concerned = history.requests.filter(
    (request) => sessions.has(undefined) || touches(request, sessions),
  );
  const lines = violations.map(
    ({ kind, session, text }) => `${kind}: ${session ? `${names.session(session)}: ` : ""}${text}`,
  );
  return names.shorten(
    [
      ...new Set(lines),
      "",
      JSON.stringify(history.settings),
      ...concerned.map((one) => lineOf(one, names)),
    ].join("\n"),
  );
}

function touches(
  { found, shown, issued, over, steps }: RequestRecord,
  sessions: ReadonlySet<string | undefined>,
): boolean {
  const named = [found, shown?.session, issued?.session, ...over.map(({ session }) => session)];
  return (
    [...named, ...steps.map(({ ends }) => ends)].some((one) => one !== undefined && sessions.has(one)) ||
    steps.some(({ revokes }) => revokes)
  );
}

function lineOf(request: RequestRecord, names: Names): string {
  const {
    number,
    client,
    sent,
    opened,
    closed,
    saved,
    delivered,
    outcome,
    found,
    seen,
    shown,
    issued,
    isCleared,
  } = request;
  const moments = [sent, opened, closed, saved, delivered].map((one) => `${one.number}`).join(" ");
  const steps = request.steps.map(({ text, start, end, result, hasFailed, writes }) => {
    const value = result ?? (writes && Object.values(writes)[0]);
    return `${text}${value === undefined ? "" : ` = ${JSON.stringify(value)}`}${hasFailed ? " THREW" : ""} (${start}-${end})`;
  });
  const over = request.over.map(({ session, why }) => `${names.session(session)} ${why}`);
  return [
    `#${number} of client ${client}${request.isReplay ? " (replay)" : ""} [${moments}] clock ${sent.clock % 100000} to ${saved.clock % 100000}`,
    `shows ${names.token(shown)}, finds ${names.session(found)} ${JSON.stringify(seen)}`,
    `${steps.join("; ") || "looks"}`,
    `${outcome}${issued ? `, gets ${names.token(issued)}` : isCleared ? ", loses its cookie" : ""}${over.length > 0 ? ` (${over.join(", ")})` : ""}`,
  ].join("\n    ");
}

/** Short names for sessions and tokens, in the order in which they came up. */
class Names {
  readonly #sessions: readonly string[];
  readonly #tokens: readonly string[];

  constructor({ requests }: History) {
    const issued = requests.flatMap((request) => request.issued ?? []);
    this.#sessions = [...new Set(issued.map(({ session }) => session))];
    this.#tokens = [...new Set(issued.map(({ token }) => token))];
  }

  session(name: string | undefined): string {
    return name === undefined ? "no session" : `S${this.#sessions.indexOf(name)}`;
  }

  token(token: Token | undefined): string {
    return token === undefined
      ? "nothing"
      : `T${this.#tokens.indexOf(token.token)} of ${this.session(token.session)}`;
  }

  /** Puts the short names in place of the long ones. */
  shorten(text: string): string {
    return this.#sessions.reduce((shorter, name) => shorter.replaceAll(name, this.session(name)), text);
  }
}
