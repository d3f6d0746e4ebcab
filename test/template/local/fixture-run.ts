import { LOCAL_PROJECT } from "../../../infra/local/local-project.ts";
import type { SessionStackProps } from "../../../infra/session-stack.ts";
import { type LocalServer, startLocalServer } from "../../../shared/local-run/local-server.ts";
import { Output } from "../../../shared/local-run/output.ts";
import type { Template } from "../../../shared/local-run/stack/template.ts";
import { FIXTURE } from "../../infra/fixture/application.ts";
import { synthesize } from "../../infra/fixture/synthesize.ts";
import { TEST_KEYS } from "../../shared/local-run/local-project.ts";
import { Terminal } from "../../shared/local-run/terminal.ts";

/** Local run of the fixture application, with its output. */
export interface FixtureRun extends LocalServer {
  readonly terminal: Terminal;
}

/** Returns the template of the fixture application for the local run. */
export function fixtureTemplate(props: SessionStackProps = {}): Template {
  return synthesize(props).toJSON();
}

/**
 * Runs the fixture application.
 *
 * @param data folder of the tables' data
 */
export async function runFixture(template: Template, data: string, port = 0): Promise<FixtureRun> {
  const terminal = new Terminal();
  const options = {
    ...LOCAL_PROJECT,
    root: FIXTURE.root,
    secretKeys: TEST_KEYS,
    output: new Output(terminal),
  };
  return { ...(await startLocalServer({ ...options, template, data, port })), terminal };
}

/** Visitor of several servers in turn, with one cookie. */
export class LocalVisitor {
  #cookie = "";

  /** The cookie as the visitor sends it. */
  get cookie(): string {
    return this.#cookie;
  }

  /** Sends a request (a form as a POST) and stores the cookie of the response. */
  async request({ url }: LocalServer, path: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(url + path, {
      headers: { cookie: this.#cookie },
      redirect: "manual",
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.#cookie = cookie.split(";", 1).join();
    return response;
  }

  /** Returns the body of a page, parsed as JSON. */
  async json(server: LocalServer, path: string): Promise<unknown> {
    return (await this.request(server, path)).json();
  }
}
