import { cp, rename, rm, stat, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeBarrier } from "../../shared/local-run/barrier.ts";
import { type LocalProject, runProject } from "../../shared/local-run/local-project.ts";

function saying(text: string): string {
  return `import { end } from "./lib/end.ts";\nexport const handler = () => "${text}" + end;`;
}

const FILES = {
  "one.ts": saying("one"),
  "two.ts": saying("two"),
  "lib/end.ts": `export const end = ".";`,
};
const ROUTES = { "GET /one": "one.ts", "GET /two": "two.ts" };

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

describe("a change", () => {
  test("a changed handler runs in the next request, and the change is printed", async () => {
    const { url, project, terminal } = await runProject(FILES, ROUTES);
    expect(await textOf(`${url}/one`)).toBe("one.");
    await project.write("one.ts", saying("uno"));
    expect(await textOf(`${url}/one`)).toBe("uno.");
    expect(await textOf(`${url}/two`)).toBe("two.");
    await terminal.until(/Rebuilt: one\n/);
    expect(terminal.text).not.toMatch(/Rebuilt: .*two/);
  });

  test("a changed module runs in all handlers that import it, and the change is printed once", async () => {
    const { url, project, terminal } = await runProject(FILES, ROUTES);
    await project.write("lib/end.ts", `export const end = "!";`);
    expect(await Promise.all([textOf(`${url}/one`), textOf(`${url}/two`)])).toEqual(["one!", "two!"]);
    await terminal.until(/Rebuilt: (one, two|two, one)\n/);
    expect(terminal.text.match(/Rebuilt/g)).toHaveLength(1);
  });

  test("a change is printed without a request", async () => {
    const { project, terminal } = await runProject(FILES, ROUTES);
    await project.write("two.ts", saying("due"));
    await terminal.until(/Rebuilt: two\n/);
  });

  test("a change in a new file of a new folder runs too", async () => {
    const { url, project, terminal } = await runProject(FILES, ROUTES);
    await project.write("new/folder/text.ts", `export const text = "first";`);
    await project.write("one.ts", `export { handler } from "./new/handler.ts";`);
    await project.write(
      "new/handler.ts",
      `import { text } from "./folder/text.ts";\nexport const handler = () => text;`,
    );
    expect(await textOf(`${url}/one`)).toBe("first");
    await terminal.until(/Rebuilt: one\n/);
    await project.write("new/folder/text.ts", `export const text = "second";`);
    expect(await textOf(`${url}/one`)).toBe("second");
  });

  test("a running request keeps the code that it started with", async () => {
    const barrier = await makeBarrier();
    const waiting =
      "export const handler = async () => { await fetch(process.env.BARRIER); return 'before'; };";
    const options = { environment: { BARRIER: barrier.url } };
    const { url, project } = await runProject({ "one.ts": waiting }, { $default: "one.ts" }, options);
    const before = textOf(url);
    await barrier.waiting(1);
    await project.write("one.ts", "export const handler = () => 'after';");
    expect(await textOf(url)).toBe("after");
    barrier.open();
    expect(await before).toBe("before");
  });
});

/** Time in the past, older than every source of a test. */
const LONG_AGO = new Date("2020-01-01");

describe("a source that is replaced by an older one", () => {
  /** Replaces the handler that says "one." by one of the same length that says "old.", without a new time. */
  const REPLACEMENTS: Record<string, (project: LocalProject) => Promise<void>> = {
    "is moved to its place (mv)": async (project) => {
      await project.write("backup.ts", saying("old"));
      await utimes(join(project.root, "backup.ts"), LONG_AGO, LONG_AGO);
      await rename(join(project.root, "backup.ts"), join(project.root, "one.ts"));
    },
    "is copied over it with its time (cp -p, unzip)": async (project) => {
      await project.write("one.ts", saying("old"));
      await utimes(join(project.root, "one.ts"), LONG_AGO, LONG_AGO);
    },
    "has the same size and time (rsync --inplace -t)": async (project) => {
      const { atime, mtime } = await stat(join(project.root, "one.ts"));
      await project.write("one.ts", saying("old"));
      await utimes(join(project.root, "one.ts"), atime, mtime);
    },
    "is what a link now leads to (ln -sf)": async (project) => {
      await project.write("other/one.ts", saying("old").replace("./lib", "../lib"));
      await utimes(join(project.root, "other/one.ts"), LONG_AGO, LONG_AGO);
      await rm(join(project.root, "one.ts"));
      await symlink("other/one.ts", join(project.root, "one.ts"));
    },
  };

  test.each(Object.entries(REPLACEMENTS))(
    "a handler runs in the next request if its source %s",
    async (_, replace) => {
      const { url, project } = await runProject(FILES, ROUTES);
      await utimes(join(project.root, "one.ts"), LONG_AGO, LONG_AGO);
      for (const _round of [1, 2]) expect(await textOf(`${url}/one`)).toBe("one.");
      await replace(project);
      expect(await textOf(`${url}/one`)).toBe("old.");
    },
  );

  test("a module runs in the next request if the link to its folder leads to another folder", async () => {
    const { url, project } = await runProject(FILES, ROUTES);
    const lib = join(project.root, "lib");
    for (const end of ["1", "2", "1"]) {
      await project.write(`versions/${end}/end.ts`, `export const end = "${end}";`);
      await rm(lib, { recursive: true });
      await symlink(`versions/${end}`, lib);
      expect(await textOf(`${url}/one`)).toBe(`one${end}`);
    }
  });

  test("a module runs in the next request if its folder is replaced by an older one", async () => {
    const { url, project, terminal } = await runProject(FILES, ROUTES);
    await project.write("other/end.ts", `export const end = "?";`);
    await utimes(join(project.root, "other/end.ts"), LONG_AGO, LONG_AGO);
    for (const _round of [1, 2]) expect(await textOf(`${url}/one`)).toBe("one.");
    await rename(join(project.root, "lib"), join(project.root, "lib.bak"));
    await cp(join(project.root, "other"), join(project.root, "lib"), {
      recursive: true,
      preserveTimestamps: true,
    });
    expect(await textOf(`${url}/one`)).toBe("one?");
    await terminal.until(/Rebuilt: .*one/);
    await project.write("lib/end.ts", `export const end = "!";`);
    await terminal.until(/Rebuilt: .*\n(.*\n)*Rebuilt: .*one/);
  });
});

describe("code that does not compile", () => {
  const BROKEN = "export const handler = () => {\n  const x = ;\n};";

  test("a build error is printed with file and line and answered with 500 until the next save corrects it", async () => {
    const { url, project, terminal } = await runProject(FILES, ROUTES);
    await project.write("one.ts", BROKEN);
    const response = await fetch(`${url}/one`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      message: "one.ts does not compile. The terminal shows the error.",
    });
    await terminal.until(/Build failed: one\n.*Unexpected ";"\n\n\s+one\.ts:2:12:/);
    expect(await textOf(`${url}/two`)).toBe("two.");
    await project.write("one.ts", saying("mended"));
    expect(await textOf(`${url}/one`)).toBe("mended.");
    await terminal.until(/Rebuilt: one\n/);
  });

  test("a build error in a shared module is printed once", async () => {
    const { project, terminal } = await runProject(FILES, ROUTES);
    await project.write("lib/end.ts", "export const end = ;");
    await terminal.until(/Build failed: (one, two|two, one)\n.*\n\n\s+lib\/end\.ts:1:19:/);
    expect(terminal.text.match(/Build failed/g)).toHaveLength(1);
  });

  test("a build error at the start affects neither the server nor other functions", async () => {
    const { url, project, terminal } = await runProject({ ...FILES, "one.ts": BROKEN }, ROUTES);
    expect(terminal.text).toContain("Build failed: one\n");
    expect((await fetch(`${url}/one`)).status).toBe(500);
    expect(await textOf(`${url}/two`)).toBe("two.");
    await project.write("one.ts", saying("mended"));
    expect(await textOf(`${url}/one`)).toBe("mended.");
  });

  test("a missing module is a build error until it is created", async () => {
    const { url, project, terminal } = await runProject(FILES, ROUTES);
    await project.write("one.ts", `export { handler } from "./later.ts";`);
    expect((await fetch(`${url}/one`)).status).toBe(500);
    await terminal.until(/Could not resolve "\.\/later\.ts"/);
    await project.write("later.ts", "export const handler = () => 'later';");
    expect(await textOf(`${url}/one`)).toBe("later");
  });
});
