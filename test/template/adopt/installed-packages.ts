import { hash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import type { AdoptedProject } from "./adopted-project.ts";

/** Files that decide what `npm ci` installs. */
const MANIFESTS = ["package.json", "package-lock.json", "shared/package.json"];

/**
 * Installs the packages of a project with `npm ci`. A later project with the same manifests receives links to
 * the same files, because another installation would be equal.
 */
export function installPackages(project: AdoptedProject): void {
  const files = project.files.filter((path) => MANIFESTS.includes(path));
  const name = hash("sha256", JSON.stringify(files.map((path) => [path, project.read(path)])));
  const kept = join(process.env.INSTALLATIONS ?? notStarted(), name);
  const own = join(project.root, "node_modules");
  if (existsSync(kept)) {
    linkFolder(kept, own);
  } else {
    project.sh("npm ci --prefer-offline --no-audit --no-fund");
    linkFolder(own, kept);
  }
}

/**
 * Creates a folder with the same files. npm changes its own notes at the top in place, so they are copied.
 */
function linkFolder(from: string, to: string, isTop = true): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFolder(source, target, false);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (isTop) copyFileSync(source, target);
    else linkSync(source, target);
  }
}

function notStarted(): never {
  throw new Error("INSTALLATIONS is not set: start this test with npm run test:adopt");
}
