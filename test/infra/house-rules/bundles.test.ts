import { describe, expect, test } from "vitest";
import { APPLICATION } from "../../../infra/application.ts";
import { filesOf } from "../../../infra/authorized.ts";
import { type FunctionFile, ROTATION_FUNCTION, SESSIONLESS } from "../../../infra/routes.ts";
import type { SessionStorage } from "../../../infra/settings/session-storage.ts";
import { GUARD_BYTES, SLOW_MODULES } from "../../house-rules.ts";
import {
  type Bundle,
  bundlesOf,
  FORBIDDEN,
  foreignImports,
  hasGuard,
  ownBytes,
  packagesIn,
} from "../bundles.ts";
import { rulesOf, STORAGES } from "./rules-of.ts";

const REMEDY = "Raise the limit for this function in MORE of test/house-rules.ts, or bundle less.";

const ALLOW_MODULE = "Add to modules in MORE of test/house-rules.ts, or import less.";

function mayImport(file: FunctionFile, storage: SessionStorage, path: string): boolean {
  return rulesOf(file, storage).modules?.includes(path) === true;
}

function isAllowed(name: string, packages: readonly string[]): boolean {
  return packages.some(
    (one) => one === "*" || one === name || (one.endsWith("/*") && name.startsWith(one.slice(0, -1))),
  );
}

describe.each(STORAGES)("the project's own functions with storage=%s", async (storage) => {
  const hasTable = storage !== "cookie";
  const files = [true, false].flatMap((hasOidc) =>
    filesOf(APPLICATION.routesOf({ hasTable, hasOidc, hasBackChannel: hasOidc && hasTable })),
  );
  const bundles = [
    ...(await bundlesOf(APPLICATION.root, files, storage)),
    ...(await bundlesOf(APPLICATION.root, [ROTATION_FUNCTION])),
  ];

  /**
   * Returns the findings of a check in the bundles, each as a sentence that begins with the function's file.
   */
  function findings(
    check: (bundle: Bundle & { readonly entry: FunctionFile }) => readonly string[],
  ): string[] {
    return bundles.flatMap((bundle) =>
      check(bundle as Bundle & { entry: FunctionFile }).map((sentence) => `${bundle.entry} ${sentence}`),
    );
  }

  test("no bundle is larger than test/house-rules.ts allows", () => {
    const tooLarge = findings((bundle) => {
      const most = rulesOf(bundle.entry, storage).bytes + (hasGuard(bundle) ? GUARD_BYTES : 0);
      const bytes = bundle.bytes - ownBytes(bundle);
      return bytes > most ? [`bundles ${bytes} bytes beside its own code, over ${most}. ${REMEDY}`] : [];
    });
    expect(tooLarge).toEqual([]);
  });

  test("every package in a bundle is allowed by test/house-rules.ts", () => {
    const strangers = findings((bundle) => {
      const { packages } = rulesOf(bundle.entry, storage);
      const others = packagesIn(bundle).filter((name) => !isAllowed(name, packages));
      return others.length > 0
        ? [`bundles ${others.join(", ")}. Add to packages in MORE of test/house-rules.ts, or import less.`]
        : [];
    });
    expect(strangers).toEqual([]);
  });

  test("bundles import only Node's own modules at run time", () => {
    const foreign = findings((bundle) =>
      foreignImports(bundle).flatMap((path) =>
        mayImport(bundle.entry, storage, path) ? [] : [`needs ${path} at runtime. ${ALLOW_MODULE}`],
      ),
    );
    expect(foreign).toEqual([]);
  });

  test("no bundle imports a module of SLOW_MODULES in test/house-rules.ts", () => {
    const slow = findings(({ entry, imports }) =>
      imports
        .filter(({ path }) => SLOW_MODULES.includes(`node:${path.replace(/^node:/, "")}`))
        .filter(({ path }) => !mayImport(entry, storage, path))
        .map(({ path }) => `imports ${path}, which is slow to load. ${ALLOW_MODULE}`),
    );
    expect(slow).toEqual([]);
  });

  test("no bundle contains a source map or a path of this machine", () => {
    const found = findings(({ text }) =>
      Object.entries(FORBIDDEN).flatMap(([what, sign]) => (text.includes(sign) ? [`holds ${what}.`] : [])),
    );
    expect(found).toEqual([]);
  });

  test("bundles of functions in SESSIONLESS of infra/routes.ts contain no code of sessions", () => {
    const holders = bundles.filter(({ inputs }) => "functions/runtime/session.ts" in inputs);
    const sessionless: readonly string[] = SESSIONLESS;
    expect(holders.map(({ entry }) => entry).filter((entry) => sessionless.includes(entry))).toEqual([]);
  });
});
