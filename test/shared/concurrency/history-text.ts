import { type DoneStep, FINAL_CLIENT, type History, type RequestRecord } from "./history.ts";
import type { Token } from "./session-system.ts";
import type { Violation } from "./violation.ts";

/** Returns the violations and all requests that concern their sessions, with short names. */
export function violationsText(violations: readonly Violation[], history: History): string {
  const names = new Names(history);
  const sessions = new Set(violations.map(({ session }) => session));
  const isConcerned = (request: RequestRecord): boolean =>
    sessions.has(undefined) || touches(request, sessions);
  const broken = violations.map(({ kind, session, text }) => `${kind}, ${names.session(session)}: ${text}`);
  const requests = history.requests.filter(isConcerned).map((request) => linesOf(request, names));
  return [...new Set(broken), JSON.stringify(history.settings), ...requests.flat()].join("\n");
}

function touches(request: RequestRecord, sessions: ReadonlySet<string | undefined>): boolean {
  const { found, shown, issued, over, steps } = request;
  const others = [...over.map(({ session }) => session), ...steps.map(({ ends }) => ends)];
  const named = [found, shown?.session, issued?.session, ...others];
  return named.some((one) => one !== undefined && sessions.has(one)) || steps.some(({ revokes }) => revokes);
}

function linesOf(request: RequestRecord, names: Names): string[] {
  const { number, client, isReplay, sent, opened, closed, saved, delivered, seen, shown, found } = request;
  const moments = [sent, opened, closed, saved, delivered].map((moment) => moment.number);
  const who = client === FINAL_CLIENT ? "at last" : `of client ${client}${isReplay ? ", a replay" : ""}`;
  const over = request.over.map(({ session, why }) => `; ${names.session(session)} ${why}`);
  return [
    `#${number} ${who}, at ${moments.join(" ")}, from second ${sent.clock % DAY} to ${saved.clock % DAY}`,
    `    sends ${names.token(shown)}, finds ${names.session(found)} ${JSON.stringify(seen)}`,
    `    ${request.steps.map((step) => stepText(step, names)).join("; ") || "reads"}`,
    `    ${request.outcome}${answerText(request, names)}${over.join("")}`,
  ];
}

function stepText({ text, start, end, result, writes, ends, hasFailed }: DoneStep, names: Names): string {
  const value = ends === undefined ? (result ?? Object.values(writes ?? {})[0]) : names.session(ends);
  const outcome = hasFailed ? " threw" : value === undefined ? "" : ` gave ${JSON.stringify(value)}`;
  return `${text}${outcome} (${start}-${end})`;
}

function answerText({ issued, isCleared }: RequestRecord, names: Names): string {
  if (issued !== undefined) return `, gets ${names.token(issued)}`;
  return isCleared ? ", loses its cookie" : "";
}

/** Seconds in a day: days of the clock are not shown. */
const DAY = 86_400;

/** Short names for sessions and tokens, in the order in which they were issued. */
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
}
