import { CfnOutput, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { SessionApi } from "./constructs/session-api.ts";
import { SessionFunction } from "./constructs/session-function.ts";
import { SessionSecret } from "./constructs/session-secret.ts";
import { checkSettings } from "./read-settings.ts";
import { type FunctionFile, ROUTES, type RouteKey } from "./routes.ts";
import { refuseContradictions, sessionEnvironment } from "./session-environment.ts";
import { type Settings, settingOf } from "./settings.ts";

/** CDK's own props of a stack, and every setting of docs/settings.md. */
export interface SessionStackProps extends Omit<StackProps, "stackName">, Settings {}

/**
 * An HTTP API whose functions share one session, kept in a signed cookie: the API, one function per file of
 * the routes table, and the secret keys. The API's address is the output `Url`.
 *
 * @throws SettingError for a setting that is wrong or contradicts another.
 */
export class SessionStack extends Stack {
  readonly #settings: Settings;
  readonly #secret: SessionSecret;
  readonly #functions = new Map<FunctionFile, SessionFunction>();

  constructor(scope: Construct, id: string, props: SessionStackProps = {}) {
    super(scope, id, props);
    this.#settings = checkSettings({ ...props });
    refuseContradictions(this.#settings);
    this.#secret = new SessionSecret(this, "Secret", this.#keeping());
    const api = new SessionApi(this, "Api", {
      rateLimit: settingOf(this.#settings, "throttlingRateLimit"),
      burstLimit: settingOf(this.#settings, "throttlingBurstLimit"),
      ...this.#keeping(),
    });
    for (const [routeKey, entry] of Object.entries(ROUTES))
      api.addRoute(routeKey as RouteKey, this.#functionOf(entry));
    new CfnOutput(this, "Url", { value: api.url, description: "Where the API answers" });
  }

  /** The one function of a file, made at the first route that names it. */
  #functionOf(entry: FunctionFile): SessionFunction {
    const known = this.#functions.get(entry);
    if (known) return known;
    const made = new SessionFunction(this, constructId(entry), {
      entry,
      memorySize: settingOf(this.#settings, "memorySize"),
      timeout: settingOf(this.#settings, "timeout"),
      environment: sessionEnvironment(this.#settings),
      ...this.#keeping(),
    });
    this.#secret.grantRead(made);
    this.#functions.set(entry, made);
    return made;
  }

  /** How long data is kept. */
  #keeping() {
    const retain = settingOf(this.#settings, "retainOnDelete");
    return {
      logRetention: settingOf(this.#settings, "logRetentionDays"),
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    };
  }
}

/** `functions/sign-in.ts` becomes `SignIn`. */
function constructId(entry: FunctionFile): string {
  const words = entry.replace(/^functions\/|\.ts$/g, "").split(/[^A-Za-z\d]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
