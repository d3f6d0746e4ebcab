import { deepEqual } from "node:assert/strict";
import type { BuildOptions } from "esbuild";
import { bundle } from "../bundles.ts";
import { SECRET } from "../contestants/secret.ts";
import { fakeSecretsManager } from "../fake-secrets-manager.ts";
import { startTimes } from "../fresh-process.ts";
import { eventWith } from "../functions/event.ts";
import type { Effort } from "../measure.ts";
import type { Table } from "../table.ts";

/** A client that gets the keys from Secrets Manager, and its expected result. */
interface Asker {
  readonly name: string;
  readonly entry: string;
  readonly options?: BuildOptions;
  readonly answer: (answer: unknown) => unknown;
  readonly expected: unknown;
}

const KEYS = { answer: (keys: unknown) => keys, expected: [SECRET] };

const ASKERS: readonly Asker[] = [
  { name: "floor: signed by hand", entry: "keys/by-hand.ts", ...KEYS },
  { name: "**this project**: the key provider", entry: "keys/signer.ts", ...KEYS },
  { name: "AWS SDK", entry: "keys/sdk.ts", ...KEYS },
  { name: "AWS SDK as CommonJS", entry: "keys/sdk.ts", options: { format: "cjs", banner: {} }, ...KEYS },
  {
    name: "**this project**: functions/visits.ts as deployed",
    entry: "../../../functions/visits.ts",
    answer: (result) => (result as { body: string }).body,
    expected: JSON.stringify({ visits: 1 }),
  },
];

/** Measures the time in which a cold function has its keys; for a deployed one, its first response. */
export async function keys({ processes }: Effort): Promise<Table> {
  await using manager = await fakeSecretsManager();
  const starts = ASKERS.map(async ({ entry, options, answer, expected }) => ({
    file: (await bundle(entry, options)).file,
    event: eventWith("theme=dark"),
    environment: manager.environment,
    check: (result: unknown) => deepEqual(answer(result), expected),
  }));
  const times = await startTimes(await Promise.all(starts), processes);
  const rows = ASKERS.map(({ name }, index) => {
    const { load, firstCall, total } = times[index] ?? {};
    return { name, values: [load, firstCall, total] };
  });
  const note = `One GetSecretValue from a server on this machine, without TLS. Wall time inside a fresh process, medians of ${processes}.`;
  return {
    title: "Keys from Secrets Manager",
    note,
    columns: ["load", "first call", "both"],
    unit: "ms",
    rows,
  };
}
