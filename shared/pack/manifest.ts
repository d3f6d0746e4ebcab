import {
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..");
const MANIFEST = join(FOLDER, "package.json");

/** The copy of the workspace's manifest that exists while the published one is in its place. */
const COPY = join(FOLDER, "package.workspace.json");

/** The folder of the built files. */
const BUILT = join(FOLDER, "dist");

/** The manifest's fields that packing reads. */
interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Returns the manifest of the tarball: entry points are built files, and the scripts are left out. */
export function publishedManifest({ scripts: _, ...manifest }: Manifest): object {
  return {
    ...manifest,
    exports: { ...mapValues(manifest.exports, builtFiles), "./package.json": "./package.json" },
  };
}

/**
 * Replaces the workspace's manifest with the published one, in one step.
 *
 * @throws Error when the manifest of another pack is in its place
 */
export function publishManifest(): void {
  const published = publishedManifest(JSON.parse(readFileSync(MANIFEST, "utf8")));
  try {
    copyFileSync(MANIFEST, COPY, constants.COPYFILE_EXCL);
  } catch (cause) {
    throw new Error(
      `${COPY} exists, so another pack is running or was killed: wait for it, or restore with "node pack/postpack.ts"`,
      { cause },
    );
  }
  writeFileSync(`${MANIFEST}.new`, `${JSON.stringify(published, null, 2)}\n`);
  renameSync(`${MANIFEST}.new`, MANIFEST);
}

/** Restores the workspace's manifest, if the published one is in its place, and removes the built files. */
export function restoreWorkspace(): void {
  rmSync(`${MANIFEST}.new`, { force: true });
  if (isPublished()) renameSync(COPY, MANIFEST);
  rmSync(BUILT, { recursive: true, force: true });
}

/** Returns whether the published manifest has replaced that of the workspace. */
export function isPublished(): boolean {
  return existsSync(COPY);
}

/** Returns the conditions of an entry point in the tarball: `./cookie.ts` is built to `./dist/cookie.js`. */
function builtFiles(source: string): { types: string; default: string } {
  const built = source.replace("./", "./dist/").replace(/\.ts$/, "");
  return { types: `${built}.d.ts`, default: `${built}.js` };
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
