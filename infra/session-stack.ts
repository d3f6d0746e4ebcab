import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { EventCount } from "./constructs/event-count.ts";
import { SessionApi } from "./constructs/session-api.ts";
import { SessionFunction } from "./constructs/session-function.ts";
import { SessionSecret } from "./constructs/session-secret.ts";
import { SessionTable } from "./constructs/session-table.ts";
import { type KeyRotation, keyRotationOf, refuseManyKeys } from "./key-rotation.ts";
import { checkSettings } from "./read-settings.ts";
import { type Retention, retentionOf } from "./retention.ts";
import {
  type FunctionFile,
  ROTATION_FUNCTION,
  type RouteKey,
  type Routes,
  routesOf,
  SESSIONLESS,
} from "./routes.ts";
import { refuseContradictions, sessionEnvironment } from "./session-environment.ts";
import { conditionOf, type SessionStorage, storageOf } from "./session-storage.ts";
import { type Settings, settingOf } from "./settings.ts";

/** CDK's own props of a stack, and every setting of docs/settings.md. */
export interface SessionStackProps extends Omit<StackProps, "stackName">, Settings {}

/**
 * An HTTP API whose functions share one session: the API, one function per file of the routes table, the secret keys,
 * and a function that rotates them. The session is kept in a signed cookie; settings add a table. The API's address is the output `Url`.
 *
 * @throws SettingError for a setting that is wrong or contradicts another.
 */
export class SessionStack extends Stack {
  readonly #settings: Settings;
  readonly #retention: Retention;
  readonly #storage: SessionStorage;
  readonly #secret: SessionSecret;
  readonly #table: SessionTable | undefined;
  readonly #functions = new Map<FunctionFile, SessionFunction>();

  constructor(scope: Construct, id: string, props: SessionStackProps = {}) {
    super(scope, id, props);
    this.#settings = checkSettings({ ...props });
    refuseContradictions(this.#settings);
    refuseManyKeys(this.#settings);
    this.#retention = retentionOf(this.#settings);
    this.#storage = storageOf(this.#settings);
    this.#secret = new SessionSecret(this, "Secret", this.#retention);
    const hasTable = this.#storage !== "cookie";
    if (hasTable) this.#table = new SessionTable(this, "Table", this.#retention);
    this.#addApi(routesOf({ hasTable }));
    this.#count("UnknownSignatures", "session_refused", "bad_signature", this.#withSession);
    const rotation = keyRotationOf(this.#settings);
    if (rotation) this.#addRotation(rotation);
    else this.#secret.leaveUnrotated();
  }

  #addApi(routes: Routes): void {
    const api = new SessionApi(this, "Api", {
      rateLimit: settingOf(this.#settings, "throttlingRateLimit"),
      burstLimit: settingOf(this.#settings, "throttlingBurstLimit"),
      ...this.#retention,
    });
    for (const [routeKey, entry] of Object.entries(routes))
      api.addRoute(routeKey as RouteKey, this.#functionOf(entry));
    new CfnOutput(this, "Url", { value: api.url, description: "Where the API answers" });
  }

  /** The one function of a file, made at the first route that names it. */
  #functionOf(entry: FunctionFile): SessionFunction {
    const known = this.#functions.get(entry);
    if (known) return known;
    const hasSession = !SESSIONLESS.includes(entry);
    const made = new SessionFunction(this, constructId(entry), {
      entry,
      condition: hasSession ? conditionOf(this.#settings) : undefined,
      memorySize: settingOf(this.#settings, "memorySize"),
      timeout: settingOf(this.#settings, "timeout"),
      environment: hasSession ? sessionEnvironment(this.#settings) : {},
      ...this.#retention,
    });
    if (hasSession) this.#grantSession(made);
    this.#functions.set(entry, made);
    return made;
  }

  get #withSession(): SessionFunction[] {
    return [...this.#functions].flatMap(([entry, made]) => (SESSIONLESS.includes(entry) ? [] : [made]));
  }

  #addRotation({ days, period, longestLife }: KeyRotation): void {
    const rotation = new SessionFunction(this, constructId(ROTATION_FUNCTION), {
      entry: ROTATION_FUNCTION,
      memorySize: settingOf(this.#settings, "memorySize"),
      timeout: ROTATION_TIMEOUT,
      environment: { SESSION_KEY_PERIOD: `${period}`, SESSION_LONGEST_LIFE: `${longestLife}` },
      ...this.#retention,
    });
    this.#secret.rotateBy(rotation, days);
    this.#count("RotationsFailed", "rotation_failed", undefined, [rotation]);
    this.#count("KeysRunOutSoon", "keys_run_out_soon", undefined, [rotation]);
  }

  /** Counts an event in the logs of some functions, under the stack's own name in CloudWatch. */
  #count(
    metric: string,
    event: string,
    reason: string | undefined,
    sources: readonly SessionFunction[],
  ): void {
    const namespace = this.stackName;
    const count = new EventCount(this, metric, { namespace, metric, event, ...(reason && { reason }) });
    for (const source of sources) count.add(source);
  }

  #grantSession(target: SessionFunction): void {
    this.#secret.grantRead(target);
    if (this.#storage === "dynamodb") this.#table?.grantSessions(target);
    else this.#table?.grantUserSessions(target);
  }
}

/** Seconds that a step of a rotation may take: five calls, tried three times, of two seconds at most. */
const ROTATION_TIMEOUT = 45;

/** `functions/sign-in.ts` becomes `SignIn`. */
function constructId(entry: FunctionFile): string {
  const words = entry.replace(/^functions\/|\.ts$/g, "").split(/[^A-Za-z\d]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
