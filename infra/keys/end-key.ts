/** `npm run end-key`: lists the keys of a deployed stack, rotates them or ends one; see docs/keys.md. */
import { parseArgs } from "node:util";
import {
  type DatedKey,
  endKey,
  formatKeyRing,
  type KeyRing,
  keyId,
  keysOf,
  parseKeyRing,
  rotateKeys,
} from "lambda-sessions/keys";
import { chooseStackName } from "../settings/settings.ts";
import { KeyCommandError, runCommand } from "./aws-cli.ts";
import { DeployedKeys } from "./deployed-keys.ts";

/** The options of the command line. */
interface KeyCommand {
  readonly stack: string;
  /** Id of the key to end. */
  readonly key?: string | undefined;
  readonly rotate: boolean;
  /** Applies the plan. Without it, the plan is only printed. */
  readonly yes: boolean;
}

/**
 * Lists the keys of a deployed stack by their ids, rotates them or ends one. Without `--yes` only prints what
 * it would do.
 *
 * @throws KeyCommandError
 */
export async function runKeyCommand(args: readonly string[], print: (line: string) => void): Promise<void> {
  const command = parseCommand(args);
  const keys = await DeployedKeys.find(command.stack);
  const version = await keys.read();
  const ring = ringOf(version.text);
  for (const line of describeRing(ring)) print(line);
  const plan = await planOf(command, ring, keys);
  if (plan === undefined) return;
  print(`\n${plan.text}`);
  if (!command.yes) return print("Nothing was changed. Add --yes to do it.");
  if (plan.ring !== undefined) await keys.replace(version, formatKeyRing(plan.ring, version.text));
  else if (command.key === undefined) await keys.rotate();
  if (command.key !== undefined) {
    print(`${plan.ring ? "The key is removed. " : ""}Restarting the functions …`);
    await keys.restartFunctions(new Date());
  }
  print("Done.");
}

function parseCommand(args: readonly string[]): KeyCommand {
  const values = parseOptions(args);
  if (values.rotate && values.key !== undefined)
    throw new KeyCommandError("--rotate and --key ID cannot be combined. Leave one of them out.");
  return values;
}

function parseOptions(args: readonly string[]) {
  const options = {
    stack: { type: "string", default: chooseStackName({}) },
    key: { type: "string" },
    rotate: { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [problem] = (error as Error).message.split(". ");
    throw new KeyCommandError(`${problem}. The command takes --stack NAME, --key ID, --rotate and --yes.`);
  }
}

/** A description of the change, and the key ring after it, unless it stays or Secrets Manager rotates it. */
interface Plan {
  readonly text: string;
  readonly ring?: KeyRing;
}

async function planOf(
  { key, rotate }: KeyCommand,
  ring: KeyRing,
  keys: DeployedKeys,
): Promise<Plan | undefined> {
  const now = Math.floor(Date.now() / 1000);
  if (key !== undefined) return endPlan(ring, key, now);
  if (!rotate) return undefined;
  if (await keys.isRotated()) return { text: "Secrets Manager starts a rotation now." };
  // The lifetime of sessions is unknown here, so no key is dropped.
  const rotated = rotateKeys(ring, { now, period: 0, longestLife: Number.POSITIVE_INFINITY });
  const isPromoted = rotated.current.key !== ring.current.key;
  const text = isPromoted
    ? `The key ${keyId(rotated.current.key)} signs from now on. All others still verify.`
    : `The key ${keyId(rotated.next?.key ?? "")} is published and can sign in an hour and a half. Rotate again then.`;
  return { text, ring: rotated };
}

function endPlan(ring: KeyRing, key: string, now: number): Plan {
  if (keysOf(ring).every((one) => keyId(one.key) !== key))
    return {
      text: `The list contains no key ${key}. All functions are restarted, in case one still uses it.`,
    };
  const after = endKey(ring, key, now);
  const signs = `The key ${keyId(after.current.key)} signs${after.current.key === ring.current.key ? "" : " from now on"}.`;
  const text = `The key ${key} is ended: sessions that were last signed with it are refused. ${signs} All functions are restarted.`;
  return { text, ring: after };
}

function ringOf(text: string): KeyRing {
  try {
    return parseKeyRing(text);
  } catch (error) {
    throw new KeyCommandError((error as Error).message);
  }
}

function describeRing(ring: KeyRing): string[] {
  const roleOf = (key: DatedKey) =>
    key === ring.current ? "signs" : key === ring.next ? "next" : "verifies";
  return keysOf(ring).map((key) => {
    const { createdAt, signsSince, retiredAt } = key;
    const dates = Object.entries({ made: createdAt, signs: signsSince, retired: retiredAt }).filter(
      ([, date]) => date !== undefined,
    );
    const shown = dates.map(
      ([name, date = 0]) => `${name} ${new Date(date * 1000).toISOString().slice(0, 10)}`,
    );
    return [keyId(key.key), roleOf(key).padEnd(8), shown.join(", ")].join("  ").trimEnd();
  });
}

if (import.meta.main) await runCommand(() => runKeyCommand(process.argv.slice(2), console.log));
