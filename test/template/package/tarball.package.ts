import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LibraryCopy, TARBALL } from "./library-copy.ts";

let copy: LibraryCopy;
let manifest: string;

function copyLibrary(): void {
  copy = new LibraryCopy();
  manifest = copy.read("shared/package.json");
}

describe("npm pack -w lambda-sessions", () => {
  beforeAll(() => {
    copyLibrary();
    expect(copy.pack()).toMatchObject({ status: 0, stdout: expect.stringContaining(TARBALL) });
  });
  afterAll(() => copy.remove());

  test("npm pack writes a tarball of the built modules, their declarations, the pages, the manifest, README and LICENSE", () => {
    const sources = copy.files.filter((path) => /^shared\/(?!pack\/).*\.ts$/.test(path));
    expect(sources.length).toBeGreaterThan(100);
    const built = sources.flatMap((path) =>
      [".js", ".d.ts"].map((ending) => path.replace("shared/", "dist/").replace(/\.ts$/, ending)),
    );
    const pages = copy.files.filter((path) => path.startsWith("shared/docs/"));
    expect(pages.length).toBeGreaterThan(0);
    const more = [
      ...pages.map((path) => path.replace("shared/", "")),
      "LICENSE",
      "README.md",
      "package.json",
    ];
    expect(copy.tarballFiles).toEqual([...built, ...more].sort());
  });

  test("the manifest of the tarball has built files as entry points, and no scripts", () => {
    const { exports, scripts: _, ...fields } = JSON.parse(manifest);
    const built = Object.entries<string>(exports).map(([name, source]) => {
      const path = source.replace("./", "./dist/").replace(/\.ts$/, "");
      return [name, { types: `${path}.d.ts`, default: `${path}.js` }];
    });
    expect(JSON.parse(copy.tarballText("package.json"))).toEqual({
      ...fields,
      exports: { ...Object.fromEntries(built), "./package.json": "./package.json" },
    });
    const files = built.flatMap(([, paths]) => Object.values(paths as object).map((path) => path.slice(2)));
    expect(files.filter((path) => !copy.tarballFiles.includes(path))).toEqual([]);
  });

  test("the declarations in the tarball keep the comments of the settings", () => {
    expect(copy.tarballText("dist/session/session-settings.d.ts")).toContain("Absolute lifetime in seconds");
  });

  test("npm pack leaves the workspace as it was", () => {
    expect(copy.read("shared/package.json")).toBe(manifest);
    expect(copy.hasRemains).toBe(false);
  });

  test("the guard of a pack that has restored the workspace removes nothing", () => {
    const built = join(copy.root, "shared/dist/index.js");
    mkdirSync(dirname(built));
    writeFileSync(built, "");
    const { status } = copy.run(process.execPath, "shared/pack/guard.ts", String(process.pid));
    expect([status, existsSync(built)]).toEqual([0, true]);
    rmSync(dirname(built), { recursive: true });
  });
});

describe("a failed npm pack", () => {
  beforeEach(copyLibrary);
  afterEach(() => copy.remove());

  test("npm pack of a library that does not compile leaves the workspace as it was", () => {
    appendFileSync(join(copy.root, "shared/index.ts"), "export const wrong: string = 1;\n");
    const { status, stdout } = copy.pack();
    expect([status, stdout]).toEqual([expect.any(Number), expect.stringContaining("index.ts")]);
    expect(status).not.toBe(0);
    expect(copy.read("shared/package.json")).toBe(manifest);
    expect(copy.hasRemains).toBe(false);
  });

  test("npm pack leaves the workspace as it was when the tarball cannot be written", async () => {
    expect(copy.pack("--pack-destination", join(copy.root, "no-such-folder")).status).not.toBe(0);
    await expect.poll(() => copy.hasRemains, { timeout: 60_000 }).toBe(false);
    expect(copy.read("shared/package.json")).toBe(manifest);
  });
});
