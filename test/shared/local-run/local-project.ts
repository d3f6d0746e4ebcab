import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { LOCAL_PROJECT } from "../../../infra/local/local-project.ts";
import {
  type LocalServer,
  type LocalServerOptions,
  startLocalServer,
} from "../../../shared/local-run/local-server.ts";
import { Output } from "../../../shared/local-run/output.ts";
import type { Resource, Template } from "../../../shared/local-run/stack/template.ts";
import { Terminal } from "./terminal.ts";

/** Folder with sources, which is removed when the test ends. */
export class LocalProject {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Creates a project of files: their content by path. */
  static async make(files: Readonly<Record<string, string>> = {}): Promise<LocalProject> {
    const root = await realpath(await mkdtemp(join(tmpdir(), "local-project-")));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const project = new LocalProject(root);
    for (const [path, text] of Object.entries(files)) await project.write(path, text);
    return project;
  }

  /** Saves a file. */
  async write(path: string, text: string): Promise<void> {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    // Synchronous, so that a local run in this process cannot react to the empty file in between.
    writeFileSync(file, text);
  }
}

/** Target of a route in a test's template. A string is the source of a function. */
export type TestRoute =
  | string
  | {
      readonly entry: string;
      readonly conditions?: readonly string[];
      readonly function?: Readonly<Record<string, unknown>>;
      readonly integration?: Readonly<Record<string, unknown>>;
    };

/**
 * Returns a template with an HTTP API and its routes by their keys. Routes with the same entry share a
 * function.
 */
export function apiTemplate(routes: Readonly<Record<string, TestRoute>>): Template {
  const resources: Record<string, Resource> = { Api: { Type: "AWS::ApiGatewayV2::Api" } };
  for (const [index, [routeKey, target]] of Object.entries(routes).entries()) {
    const {
      entry,
      conditions,
      function: properties = {},
      integration = {},
    } = typeof target === "string" ? { entry: target, conditions: undefined } : target;
    const id = `Function${entry.replace(/\W/g, "")}`;
    resources[id] ??= {
      Type: "AWS::Lambda::Function",
      Properties: { Handler: "index.handler", Timeout: 60, MemorySize: 128, ...properties },
      Metadata: { "local:entry": entry, ...(conditions && { "local:conditions": conditions }) },
    };
    resources[`Integration${index}`] = {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: {
        IntegrationUri: { "Fn::GetAtt": [id, "Arn"] },
        PayloadFormatVersion: "2.0",
        ...integration,
      },
    };
    resources[`Route${index}`] = {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        RouteKey: routeKey,
        Target: { "Fn::Join": ["", ["integrations/", { Ref: `Integration${index}` }]] },
      },
    };
  }
  return { Resources: resources };
}

/** Secret keys that are long enough. */
export const TEST_KEYS = ["a key of the tests, thirty-two bytes or more"];

/** Server that runs until the test ends, with its output. */
export interface RunningProject extends LocalServer {
  readonly project: LocalProject;
  readonly terminal: Terminal;
}

/** Runs a project's functions behind routes, on any free port. */
export async function runProject(
  files: Readonly<Record<string, string>>,
  routes: Readonly<Record<string, TestRoute>>,
  options: Partial<LocalServerOptions> = {},
): Promise<RunningProject> {
  const project = await LocalProject.make(files);
  const terminal = new Terminal();
  const server = await startLocalServer({
    ...LOCAL_PROJECT,
    root: project.root,
    template: apiTemplate(routes),
    port: 0,
    secretKeys: TEST_KEYS,
    output: new Output(terminal),
    ...options,
  });
  onTestFinished(() => server.close());
  return { ...server, project, terminal };
}
