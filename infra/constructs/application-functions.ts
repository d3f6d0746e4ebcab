import type { Stack } from "aws-cdk-lib";
import type { Application } from "../application.ts";
import { AUTHORIZER } from "../authorized.ts";
import { type FunctionFile, ROTATION_FUNCTION } from "../routes.ts";
import type { KeyRotation } from "../settings/key-rotation.ts";
import { toSessionEnvironment } from "../settings/session-environment.ts";
import { storageOf } from "../settings/session-storage.ts";
import { conditionsOf } from "../settings/session-transport.ts";
import { type Settings, settingOf } from "../settings/settings.ts";
import { hasOidc } from "../settings/sign-in.ts";
import type { Retention } from "../settings/stage.ts";
import { SessionFunction } from "./session-function.ts";
import type { SessionSecret } from "./session-secret.ts";
import type { SessionTable } from "./session-table.ts";
import type { SignInProvider } from "./sign-in-provider.ts";

/** Resources of a stack that its functions use. */
export interface ApplicationFunctionsProps {
  readonly application: Application;
  readonly settings: Settings;
  readonly retention: Retention;
  readonly secret: SessionSecret;
  readonly table: SessionTable | undefined;
  readonly provider: SignInProvider | undefined;
}

/**
 * Timeout in seconds of a step of a rotation: five calls, with three attempts of two seconds each, and a
 * reserve.
 */
const ROTATION_TIMEOUT = 45;

/** Functions of a stack, each with the variables and the permissions that its settings need. */
export class ApplicationFunctions {
  readonly #stack: Stack;
  readonly #props: ApplicationFunctionsProps;
  readonly #made = new Map<FunctionFile, SessionFunction>();

  constructor(stack: Stack, props: ApplicationFunctionsProps) {
    this.#stack = stack;
    this.#props = props;
  }

  /** Functions that exist already, without the one that rotates the keys. */
  get all(): readonly SessionFunction[] {
    return [...this.#made.values()];
  }

  /** Returns the function of a file, or undefined if it does not exist yet. */
  find(entry: FunctionFile): SessionFunction | undefined {
    return this.#made.get(entry);
  }

  /** Returns the function of a file, and creates it the first time. */
  make(entry: FunctionFile): SessionFunction {
    const known = this.#made.get(entry);
    if (known) return known;
    const { application, settings, retention, provider } = this.#props;
    const hasSession = !application.sessionless.includes(entry);
    const made = new SessionFunction(this.#stack, toConstructId(entry), {
      root: application.root,
      entry,
      conditions: hasSession ? conditionsOf(settings) : [],
      memorySize: settingOf(settings, "memorySize"),
      timeout: settingOf(settings, "timeout"),
      logLevel: settingOf(settings, "logLevel"),
      tracing: settingOf(settings, "tracing"),
      environment: toEnvironment(settings, hasSession),
      ...retention,
    });
    if (hasSession) this.#grantSession(entry, made);
    provider?.connect(entry, made);
    this.#made.set(entry, made);
    return made;
  }

  /** Creates the function that rotates the keys, on a schedule. Without one, they are rotated by hand. */
  makeRotation(rotation: KeyRotation | undefined): SessionFunction | undefined {
    const { settings, retention, secret } = this.#props;
    if (rotation === undefined) {
      secret.acknowledgeManualRotation();
      return undefined;
    }
    const { days, period, longestLife } = rotation;
    const made = new SessionFunction(this.#stack, toConstructId(ROTATION_FUNCTION), {
      entry: ROTATION_FUNCTION,
      memorySize: settingOf(settings, "memorySize"),
      timeout: ROTATION_TIMEOUT,
      tracing: settingOf(settings, "tracing"),
      environment: { SESSION_KEY_PERIOD: `${period}`, SESSION_LONGEST_LIFE: `${longestLife}` },
      ...retention,
    });
    secret.rotateBy(made, days);
    return made;
  }

  #grantSession(entry: FunctionFile, target: SessionFunction): void {
    const { settings, secret, table } = this.#props;
    const storage = storageOf(settings);
    secret.grantRead(target);
    if (entry === AUTHORIZER) table?.grantOpening(target, storage === "dynamodb");
    else if (storage === "dynamodb") table?.grantSessions(target);
    else table?.grantUserSessions(target);
  }
}

/** Returns the variables of a function that the settings decide. */
function toEnvironment(settings: Settings, hasSession: boolean): Record<string, string> {
  const publicOrigin = settingOf(settings, "publicOrigin");
  return {
    ...(publicOrigin && { PUBLIC_ORIGIN: publicOrigin }),
    ...(hasSession && toSessionEnvironment(settings)),
    ...(hasSession && hasOidc(settings) && { SIGN_IN: "oidc" }),
  };
}

/** Returns the construct id of a function: `functions/rotate-keys.ts` becomes `RotateKeys`. */
function toConstructId(entry: FunctionFile): string {
  const words = entry.replace(/^functions\/|\.ts$/g, "").split(/[^A-Za-z\d]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
