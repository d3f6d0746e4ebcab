import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { APPLICATION, type Application } from "./application.ts";
import { SessionApi } from "./constructs/session-api.ts";
import { SessionDomain } from "./constructs/session-domain.ts";
import { SessionFunction } from "./constructs/session-function.ts";
import { SessionMonitoring } from "./constructs/session-monitoring.ts";
import { SessionSecret } from "./constructs/session-secret.ts";
import { SessionTable } from "./constructs/session-table.ts";
import { type FunctionFile, ROTATION_FUNCTION, type RouteKey, type Routes } from "./routes.ts";
import { type CustomDomain, readCustomDomain } from "./settings/custom-domain.ts";
import { type KeyRotation, readKeyRotation, refuseManyKeys } from "./settings/key-rotation.ts";
import { readMonitoring, refuseSilentAlarms } from "./settings/monitoring.ts";
import { checkSettings } from "./settings/read-settings.ts";
import { type Retention, readRetention } from "./settings/retention.ts";
import { refuseContradictions, toSessionEnvironment } from "./settings/session-environment.ts";
import { type SessionStorage, storageOf } from "./settings/session-storage.ts";
import { type Settings, settingOf } from "./settings/settings.ts";

/** Properties of a stack in CDK, and every setting of docs/settings.md. */
export interface SessionStackProps extends Omit<StackProps, "stackName">, Settings {
  /** Functions of the stack and their routes. Default: those of this project, as in `routes.ts`. */
  readonly application?: Application;
}

/**
 * Stack with an HTTP API whose functions share one session: the API, one function per file in the routes
 * table, the secret keys, and a function that rotates them. Sessions are kept in signed cookies by default;
 * settings add a table, monitoring and a host name. The output `Url` is the API's address.
 *
 * @throws SettingError if a setting is invalid or contradicts another
 */
export class SessionStack extends Stack {
  readonly #application: Application;
  readonly #settings: Settings;
  readonly #retention: Retention;
  readonly #storage: SessionStorage;
  readonly #secret: SessionSecret;
  readonly #table: SessionTable | undefined;
  readonly #functions = new Map<FunctionFile, SessionFunction>();

  constructor(scope: Construct, id: string, props: SessionStackProps = {}) {
    super(scope, id, props);
    this.#application = props.application ?? APPLICATION;
    this.#settings = checkSettings({ ...props });
    refuseContradictions(this.#settings);
    refuseManyKeys(this.#settings);
    refuseSilentAlarms(this.#settings);
    const domain = readCustomDomain(this.#settings);
    this.#retention = readRetention(this.#settings);
    this.#storage = storageOf(this.#settings);
    this.#secret = new SessionSecret(this, "Secret", this.#retention);
    const hasTable = this.#storage !== "cookie";
    if (hasTable) this.#table = new SessionTable(this, "Table", this.#retention);
    const api = this.#addApi(this.#application.routesOf({ hasTable }), domain);
    for (const addResources of this.#application.resources ?? []) addResources(this);
    const rotation = this.#addRotation(readKeyRotation(this.#settings));
    this.#addMonitoring(api, rotation);
  }

  /** Retention and protection of this deployment's data, for other tables of the application. */
  get retention(): Retention {
    return this.#retention;
  }

  /**
   * Returns the function of a file in `functions/`.
   *
   * @throws Error if no route of this deployment names the file
   */
  functionOf(entry: FunctionFile): SessionFunction {
    const found = this.#functions.get(entry);
    if (found) return found;
    throw new Error(
      `The stack has no function ${entry}. Add a route to it in infra/routes.ts, or call addFunction("${entry}") first.`,
    );
  }

  /** Adds the function of a file without a route, such as one that runs on a schedule. */
  addFunction(entry: FunctionFile): SessionFunction {
    return this.#makeFunction(entry);
  }

  #addApi(routes: Routes, customDomain: CustomDomain | undefined): SessionApi {
    const domain = customDomain && this.#addDomain(customDomain);
    const api = new SessionApi(this, "Api", {
      rateLimit: settingOf(this.#settings, "throttlingRateLimit"),
      burstLimit: settingOf(this.#settings, "throttlingBurstLimit"),
      domain,
      ...this.#retention,
    });
    for (const [routeKey, entry] of Object.entries(routes))
      api.addRoute(routeKey as RouteKey, this.#makeFunction(entry));
    new CfnOutput(this, "Url", { value: api.url, description: "Address of the API" });
    return api;
  }

  #addDomain(customDomain: CustomDomain): SessionDomain {
    const domain = new SessionDomain(this, "Domain", customDomain);
    const description = "Name that the DNS record of the host name must point to";
    new CfnOutput(this, "DomainTarget", { value: domain.target, description });
    return domain;
  }

  /** Returns the function of a file, and creates it the first time. */
  #makeFunction(entry: FunctionFile): SessionFunction {
    const known = this.#functions.get(entry);
    if (known) return known;
    const { root, sessionless } = this.#application;
    const hasSession = !sessionless.includes(entry);
    const made = new SessionFunction(this, toConstructId(entry), {
      root,
      entry,
      condition: hasSession ? storageOf(this.#settings) : undefined,
      memorySize: settingOf(this.#settings, "memorySize"),
      timeout: settingOf(this.#settings, "timeout"),
      logLevel: settingOf(this.#settings, "logLevel"),
      tracing: settingOf(this.#settings, "tracing"),
      environment: this.#environmentOf(hasSession),
      ...this.#retention,
    });
    if (hasSession) this.#grantSession(made);
    this.#functions.set(entry, made);
    return made;
  }

  #environmentOf(hasSession: boolean): Record<string, string> {
    const publicOrigin = settingOf(this.#settings, "publicOrigin");
    return {
      ...(publicOrigin && { PUBLIC_ORIGIN: publicOrigin }),
      ...(hasSession && toSessionEnvironment(this.#settings)),
    };
  }

  #addRotation(keyRotation: KeyRotation | undefined): SessionFunction | undefined {
    if (keyRotation === undefined) {
      this.#secret.acknowledgeManualRotation();
      return undefined;
    }
    const { days, period, longestLife } = keyRotation;
    const rotation = new SessionFunction(this, toConstructId(ROTATION_FUNCTION), {
      entry: ROTATION_FUNCTION,
      memorySize: settingOf(this.#settings, "memorySize"),
      timeout: ROTATION_TIMEOUT,
      tracing: settingOf(this.#settings, "tracing"),
      environment: { SESSION_KEY_PERIOD: `${period}`, SESSION_LONGEST_LIFE: `${longestLife}` },
      ...this.#retention,
    });
    this.#secret.rotateBy(rotation, days);
    return rotation;
  }

  #addMonitoring(api: SessionApi, rotation: SessionFunction | undefined): void {
    const monitoring = readMonitoring(this.#settings);
    if (monitoring === undefined) return;
    const functions = [...this.#functions.values()];
    const watched = { api, functions, rotation, table: this.#table };
    const { topicArn } = new SessionMonitoring(this, "Monitoring", { ...watched, ...monitoring });
    new CfnOutput(this, "AlarmTopic", { value: topicArn, description: "SNS topic of the alarms" });
  }

  #grantSession(target: SessionFunction): void {
    this.#secret.grantRead(target);
    if (this.#storage === "dynamodb") this.#table?.grantSessions(target);
    else this.#table?.grantUserSessions(target);
  }
}

/**
 * Timeout in seconds of a step of a rotation: five calls, with three attempts of two seconds each, and a
 * reserve.
 */
const ROTATION_TIMEOUT = 45;

/** Returns the construct id of a function: `functions/rotate-keys.ts` becomes `RotateKeys`. */
function toConstructId(entry: FunctionFile): string {
  const words = entry.replace(/^functions\/|\.ts$/g, "").split(/[^A-Za-z\d]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
