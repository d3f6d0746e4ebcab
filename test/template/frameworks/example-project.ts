import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { PROJECT_ROOT } from "../../../infra/bundling.ts";
import { ProjectCopy } from "../project-copy.ts";
import { FRAMEWORKS } from "./installation.ts";
import type { PageExample } from "./page-example.ts";

const ROUTES_FILE = "infra/routes.ts";
const TYPES = "tsconfig.example.json";
const FIRST_ROUTE = "export const ROUTES: Routes = {\n";

/** A copy of this project that has followed pages of `shared/docs`. */
export class ExampleProject extends ProjectCopy {
  readonly #files: string[] = [];

  /** @throws Error if the page installs a package that the package.json beside this file does not name */
  constructor(...examples: readonly PageExample[]) {
    super();
    this.linkPackages();
    try {
      for (const example of examples) this.#follow(example);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  #follow({ files, routes, packages }: PageExample): void {
    for (const name of packages) this.#install(name);
    for (const [path, code] of files) this.write(path, code);
    if (routes !== "") this.#addRoutes(routes);
    this.#files.push(...files.keys());
  }

  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /**
   * Checks the example's files and the routes with the linter, and with the frameworks' real types also all
   * functions.
   *
   * @throws Error with the output of the tool that fails
   */
  check(): void {
    const files = [ROUTES_FILE, ...this.#files.filter((path) => /\.(tsx?|json)$/.test(path))];
    this.#expectSuccess("@biomejs/biome/bin/biome", "check", "--error-on-warnings", ...files);
    const typed = this.#files.filter((path) => /\.tsx?$/.test(path));
    const include = ["functions/**/*.ts", ROUTES_FILE, ...typed];
    this.write(TYPES, JSON.stringify({ extends: "./tsconfig.json", include }));
    this.#expectSuccess("typescript/bin/tsc", "--noEmit", "--project", TYPES);
  }

  #expectSuccess(tool: string, ...args: readonly string[]): void {
    const { status, stdout, stderr } = this.run(process.execPath, `node_modules/${tool}`, ...args);
    if (status !== 0) throw new Error(`The example is wrong, says ${tool}:\n${stdout}${stderr}`);
  }

  /**
   * Links a package of this folder, as `npm install` would install it, unless this project has it already.
   */
  #install(name: string): void {
    const source = join(FRAMEWORKS, name);
    const target = join(this.root, "node_modules", name);
    if (existsSync(source)) {
      if (name.startsWith("@")) unfold(dirname(target));
      rmSync(target, { force: true, recursive: true });
      symlinkSync(source, target, "junction");
    } else if (!existsSync(target)) {
      const here = "test/template/frameworks/package.json";
      throw new Error(`${name} is not installed: add it to ${here}, and run npm install --prefix there`);
    }
  }

  /** Adds lines to `ROUTES`, in place of routes with the same keys. */
  #addRoutes(lines: string): void {
    const [before = "", rest = "", ...more] = this.read(ROUTES_FILE).split(FIRST_ROUTE);
    if (rest === "" || more.length > 0)
      throw new Error(`${ROUTES_FILE} must contain ${FIRST_ROUTE} exactly once`);
    const keys = [...lines.matchAll(/^ *("[^"]+"|\$default):/gm)].map(([, key = ""]) => `  ${key}: `);
    const isReplaced = (line: string) => keys.some((key) => line.startsWith(key));
    const [routes = "", ...others] = rest.split("\n};\n");
    const kept = routes.split("\n").filter((line) => !isReplaced(line));
    const indented = lines.split("\n").map((line) => `  ${line}`);
    const all = [[...indented, ...kept].join("\n"), ...others].join("\n};\n");
    this.write(ROUTES_FILE, before + FIRST_ROUTE + all);
  }
}

/** Replaces the link to a folder by a folder of links, so that more can be added. */
function unfold(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder);
  if (!lstatSync(folder).isSymbolicLink()) return;
  const names = readdirSync(folder);
  const installed = join(PROJECT_ROOT, "node_modules", basename(folder));
  rmSync(folder);
  mkdirSync(folder);
  for (const name of names) symlinkSync(join(installed, name), join(folder, name), "junction");
}
