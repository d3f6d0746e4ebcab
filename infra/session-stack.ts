import { CfnOutput, Stack, type StackProps, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { APPLICATION, type Application, refuseBrokenRoutes } from "./application.ts";
import { AUTHORIZER, type AuthorizedTarget, isUrl, type Target } from "./authorized.ts";
import { SessionApi } from "./constructs/api/session-api.ts";
import { SessionDomain } from "./constructs/session-domain.ts";
import { SessionFunction } from "./constructs/session-function.ts";
import { SessionMonitoring } from "./constructs/session-monitoring.ts";
import { SessionSecret } from "./constructs/session-secret.ts";
import { SessionTable } from "./constructs/session-table.ts";
import { SignInProvider } from "./constructs/sign-in-provider.ts";
import { type FunctionFile, ROTATION_FUNCTION, type RouteKey, type Routes, servesHead } from "./routes.ts";
import { applyAssurance } from "./settings/assurance.ts";
import { readCors } from "./settings/cors.ts";
import { type CustomDomain, readCustomDomain } from "./settings/custom-domain.ts";
import { type KeyRotation, readKeyRotation, refuseManyKeys } from "./settings/key-rotation.ts";
import { checkSettings } from "./settings/read-settings.ts";
import {
  refuseContradictions,
  refuseUnusedPath,
  toSessionEnvironment,
} from "./settings/session-environment.ts";
import { type SessionStorage, storageOf } from "./settings/session-storage.ts";
import { conditionsOf, identitySourceOf } from "./settings/session-transport.ts";
import { type Settings, settingOf } from "./settings/settings.ts";
import { hasBackChannelLogout, hasOidc, refuseBrokenSignIn } from "./settings/sign-in.ts";
import { type Retention, readMonitoring, readRetention, refuseSilentAlarms } from "./settings/stage.ts";

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
  #provider: SignInProvider | undefined;
  readonly #functions = new Map<FunctionFile, SessionFunction>();

  constructor(scope: Construct, id: string, props: SessionStackProps = {}) {
    super(scope, id, props);
    this.#application = props.application ?? APPLICATION;
    this.#settings = applyAssurance(checkSettings({ ...props }));
    refuseContradictions(this.#settings);
    refuseManyKeys(this.#settings);
    refuseSilentAlarms(this.#settings);
    refuseBrokenSignIn(this.#settings);
    this.#storage = storageOf(this.#settings);
    const hasTable = this.#storage !== "cookie";
    const routes = this.#application.routesOf({
      hasTable,
      hasOidc: hasOidc(this.#settings),
      hasBackChannel: hasBackChannelLogout(this.#settings),
    });
    refuseBrokenRoutes(this.#settings, this.#application, routes);
    refuseUnusedPath(this.#settings, this.#sessionRoutesOf(routes));
    const domain = readCustomDomain(this.#settings, this.#knownRegion());
    this.#retention = readRetention(this.#settings);
    this.terminationProtection = props.terminationProtection ?? this.#retention.deletionProtection;
    this.addStackTag("project", settingOf(this.#settings, "stackName"));
    this.addStackTag("stage", settingOf(this.#settings, "stage"));
    this.#secret = new SessionSecret(this, "Secret", this.#retention);
    if (hasTable) this.#table = new SessionTable(this, "Table", this.#retention);
    const api = this.#addApi(routes, domain);
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

  /**
   * Returns the region that the stack is deployed to, if it is known: the stack's own, or that of the
   * credentials with which the CDK's command line runs the app. Without credentials it names a region too,
   * `us-east-1` for example, which need not be that of the deployment.
   */
  #knownRegion(): string | undefined {
    if (!Token.isUnresolved(this.region)) return this.region;
    const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = process.env;
    return CDK_DEFAULT_ACCOUNT && CDK_DEFAULT_REGION;
  }

  #addApi(routes: Routes, customDomain: CustomDomain | undefined): SessionApi {
    const domain = customDomain && this.#addDomain(customDomain);
    const api = new SessionApi(this, "Api", {
      rateLimit: settingOf(this.#settings, "throttlingRateLimit"),
      burstLimit: settingOf(this.#settings, "throttlingBurstLimit"),
      domain,
      cors: readCors(this.#settings, Object.keys(routes) as RouteKey[]),
      identitySource: identitySourceOf(this.#settings),
      ...this.#retention,
    });
    if (hasOidc(this.#settings)) this.#provider = this.#addProvider(api.url);
    for (const [routeKey, target] of Object.entries(routes))
      this.#addRoute(api, routeKey as RouteKey, target, servesHead(routeKey, routes));
    new CfnOutput(this, "Url", { value: api.url, description: "Address of the API" });
    return api;
  }

  #addRoute(api: SessionApi, routeKey: RouteKey, target: Target, head: boolean): void {
    const { target: place, ...options }: AuthorizedTarget = typeof target === "string" ? { target } : target;
    const authorizer = typeof target === "string" ? undefined : this.#makeFunction(AUTHORIZER);
    const hasSessionIds = ["dynamodb", "revocable-cookie"].includes(this.#storage);
    const to = isUrl(place) ? { url: place, ...options, hasSessionIds } : this.#makeFunction(place);
    api.addRoute(routeKey, to, { head, authorizer });
  }

  #addProvider(url: string): SignInProvider {
    const { providerClients: clients = [], providerListeners: listeners = [] } = this.#application;
    const props = { settings: this.#settings, url, clients, listeners, ...this.#retention };
    return new SignInProvider(this, "Provider", props);
  }

  #sessionRoutesOf(routes: Routes): RouteKey[] {
    const { sessionless } = this.#application;
    const withSession = Object.entries(routes).filter(
      ([, target]) => typeof target !== "string" || !sessionless.includes(target),
    );
    return withSession.map(([routeKey]) => routeKey as RouteKey);
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
      conditions: hasSession ? conditionsOf(this.#settings) : [],
      memorySize: settingOf(this.#settings, "memorySize"),
      timeout: settingOf(this.#settings, "timeout"),
      logLevel: settingOf(this.#settings, "logLevel"),
      tracing: settingOf(this.#settings, "tracing"),
      environment: this.#environmentOf(hasSession),
      ...this.#retention,
    });
    if (hasSession) this.#grantSession(entry, made);
    this.#provider?.connect(entry, made);
    this.#functions.set(entry, made);
    return made;
  }

  #environmentOf(hasSession: boolean): Record<string, string> {
    const publicOrigin = settingOf(this.#settings, "publicOrigin");
    return {
      ...(publicOrigin && { PUBLIC_ORIGIN: publicOrigin }),
      ...(hasSession && toSessionEnvironment(this.#settings)),
      ...(hasSession && hasOidc(this.#settings) && { SIGN_IN: "oidc" }),
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

  #grantSession(entry: FunctionFile, target: SessionFunction): void {
    this.#secret.grantRead(target);
    if (this.#storage === "cookie") return;
    if (entry === AUTHORIZER) this.#table?.grantOpening(target, this.#storage === "dynamodb");
    else if (this.#storage === "dynamodb") this.#table?.grantSessions(target);
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
