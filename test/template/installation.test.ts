import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../infra/bundling.ts";
import { commandEnvironment } from "./project-copy.ts";

interface Entry {
  readonly version: string;
  readonly integrity?: string;
  readonly link?: true;
  readonly inBundle?: true;
  readonly hasInstallScript?: true;
  readonly os?: string;
  readonly cpu?: string;
  readonly bin?: { readonly node?: string };
}

const PACKAGE_JSON = JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8"));
const LOCK_FILE = JSON.parse(readFileSync(join(PROJECT_ROOT, "package-lock.json"), "utf8"));
const ENTRIES = Object.entries(LOCK_FILE.packages as Record<string, Entry>).filter(
  ([path, { link, inBundle }]) => path.startsWith("node_modules/") && !link && !inBundle,
);
const NODES = ENTRIES.filter(([, { bin }]) => bin?.node !== undefined);

describe("the lock file", () => {
  test("the lock file has a hash of every package", () => {
    expect(ENTRIES.length).toBeGreaterThan(100);
    for (const [path, { integrity }] of ENTRIES) expect(integrity, path).toMatch(/^sha512-/);
  });

  test("the lock file has a hash of Node's binary for each platform, and all are the Node of Lambda", () => {
    const platforms = NODES.map(([, { os, cpu }]) => `${os} ${cpu}`).sort();
    expect(platforms).toEqual(["darwin arm64", "darwin x64", "linux arm64", "linux x64", "win32 x64"]);
    for (const [path, { version }] of NODES) expect(version, path).toMatch(/^24\./);
  });

  test("no package may run a script when it is installed", () => {
    const withScript = ENTRIES.filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = withScript.map(([path]) => [path.replace("node_modules/", ""), false]);
    expect(PACKAGE_JSON.allowScripts).toEqual(Object.fromEntries(names));
  });

  test("the lock file names no registry, so that npm ci uses that of the user", () => {
    const addresses = Object.entries<{ resolved?: string }>(LOCK_FILE.packages).flatMap(
      ([, { resolved }]) => resolved ?? [],
    );
    expect(addresses).toEqual(["shared"]);
  });
});

test("npm ci accepts an older Node of the machine, even if the user's own npm is strict about it", () => {
  const folder = mkdtempSync(join(tmpdir(), "strict-"));
  const userconfig = join(folder, "npmrc");
  writeFileSync(userconfig, "engine-strict=true\n");
  const isStrict = (cwd: string) => {
    const argv = ["config", "get", "engine-strict", "--userconfig", userconfig];
    return spawnSync("npm", argv, { cwd, env: commandEnvironment(), encoding: "utf8" }).stdout.trim();
  };
  expect([isStrict(folder), isStrict(PROJECT_ROOT)]).toEqual(["true", "false"]);
  rmSync(folder, { recursive: true });
});

describe.each([
  ["whose hash the registry reports", false],
  ["for which the registry reports the hash of the lock file", true],
])("a tampered Node %s", (_, hasLockedHash) => {
  const [path, entry] = NODES.find(([, { os, cpu }]) => os === process.platform && cpu === process.arch) ?? [
    "",
    { version: "" },
  ];
  const name = path.replace("node_modules/", "");
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "installation-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Packs a package of the same name and version with another program. */
  function tamper(): Buffer {
    const source = join(folder, "tampered");
    mkdirSync(join(source, "bin"), { recursive: true });
    const manifest = { name, version: entry.version, bin: { node: "bin/node" } };
    writeFileSync(join(source, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(source, "bin/node"), "#!/bin/sh\necho tampered\n");
    chmodSync(join(source, "bin/node"), 0o755);
    spawnSync("npm", ["pack", "--silent"], { cwd: source, env: commandEnvironment() });
    return readFileSync(join(source, `${name}-${entry.version}.tgz`));
  }

  /**
   * Runs npm ci against a registry that has only the tampered package. Returns whether it installed a Node.
   */
  async function install(tarball: Buffer, lock: Entry): Promise<boolean> {
    const project = mkdtempSync(join(folder, "project-"));
    const root = { name: "p", optionalDependencies: { [name]: entry.version } };
    writeFileSync(join(project, "package.json"), JSON.stringify(root));
    const packages = { "": root, [path]: lock };
    writeFileSync(
      join(project, "package-lock.json"),
      JSON.stringify({ name: "p", lockfileVersion: 3, requires: true, packages }),
    );
    const server = createServer((request, response) => {
      if (request.url?.endsWith(".tgz")) return response.end(tarball);
      const dist = {
        tarball: `${registry}/${name}.tgz`,
        ...(hasLockedHash && { integrity: lock.integrity }),
      };
      const manifest = { name, version: entry.version, bin: { node: "bin/node" }, dist };
      return response.end(JSON.stringify({ name, versions: { [entry.version]: manifest } }));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const own = ["--registry", registry, "--cache", join(project, "cache"), "--noproxy=127.0.0.1"];
    const npm = spawn("npm", ["ci", ...own, "--fetch-retries=0", "--no-audit"], {
      cwd: project,
      env: commandEnvironment(),
      stdio: "ignore",
    });
    await once(npm, "close");
    server.close();
    return existsSync(join(project, "node_modules/.bin/node"));
  }

  test("npm ci does not install a Node that differs from the lock file's hash", async () => {
    const tarball = tamper();
    const { integrity: _, ...unpinned } = entry;
    // The same registry and tarball without a hash prove that the hash alone prevents the installation.
    expect(await install(tarball, unpinned)).toBe(true);
    expect(await install(tarball, entry)).toBe(false);
  });
});
