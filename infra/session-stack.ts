import { CfnOutput, Stack, type StackProps, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { APPLICATION, type Application } from "./application.ts";
import { AUTHORIZER, type AuthorizedTarget, isUrl } from "./authorized.ts";
import { SessionApi } from "./constructs/api/session-api.ts";
import { ApplicationFunctions } from "./constructs/application-functions.ts";
import { SessionDomain } from "./constructs/session-domain.ts";
import type { SessionFunction } from "./constructs/session-function.ts";
import { SessionMonitoring } from "./constructs/session-monitoring.ts";
import { SessionSecret } from "./constructs/session-secret.ts";
import { SessionTable } from "./constructs/session-table.ts";
import { SignInProvider } from "./constructs/sign-in-provider.ts";
import { type FunctionFile, type RouteKey, type Routes, servesHead } from "./routes.ts";
import { readCors } from "./settings/cors.ts";
import { readKeyRotation } from "./settings/key-rotation.ts";
import { storageOf, WITH_ITEMS } from "./settings/session-storage.ts";
import { identitySourceOf } from "./settings/session-transport.ts";
import { type Settings, settingOf } from "./settings/settings.ts";
import { hasOidc } from "./settings/sign-in.ts";
import { type Retention, readMonitoring, readRetention } from "./settings/stage.ts";
import { planStack, type StackPlan } from "./stack-plan.ts";

/** Properties of a stack in CDK, and every setting of docs/settings.md. */
export interface SessionStackProps extends Omit<StackProps, "stackName">, Settings {
  /** Functions of the stack and their routes. Default: those of this project, as in `routes.ts`. */
  readonly application?: Application;
}

/**
 * Stack with an HTTP API whose functions share one session: the API, one function per file in the routes
 * table, the secret keys, and a function that rotates them. Sessions are kept in signed cookies by default;
 * settings add a table, a sign-in, monitoring and a host name. The output `Url` is the API's address.
 *
 * @throws SettingError if a setting is invalid or contradicts another
 */
export class SessionStack extends Stack {
  /** Retention and protection of this deployment's data, for other tables of the application. */
  readonly retention: Retention;
  readonly #functions: ApplicationFunctions;

  constructor(scope: Construct, id: string, props: SessionStackProps = {}) {
    super(scope, id, props);
    const { application = APPLICATION } = props;
    const plan = planStack(props, application, this.#knownRegion());
    const { settings, routes } = plan;
    const retention = readRetention(settings);
    this.retention = retention;
    this.terminationProtection = props.terminationProtection ?? retention.deletionProtection;
    this.addStackTag("project", settingOf(settings, "stackName"));
    this.addStackTag("stage", settingOf(settings, "stage"));
    const secret = new SessionSecret(this, "Secret", retention);
    const hasTable = WITH_ITEMS.includes(storageOf(settings));
    const table = hasTable ? new SessionTable(this, "Table", retention) : undefined;
    const api = this.#makeApi(plan);
    const provider = hasOidc(settings) ? this.#makeProvider(application, settings, api) : undefined;
    const resources = { application, settings, retention, secret, table, provider };
    this.#functions = new ApplicationFunctions(this, resources);
    this.#addRoutes(api, routes, hasTable);
    this.#addOutput("Url", api.url, "Address of the API");
    for (const addResources of application.resources ?? []) addResources(this);
    const rotation = this.#functions.makeRotation(readKeyRotation(settings));
    const monitoring = readMonitoring(settings);
    if (!monitoring) return;
    const watched = { api, functions: this.#functions.all, rotation, table };
    const { topicArn } = new SessionMonitoring(this, "Monitoring", { ...watched, ...monitoring });
    this.#addOutput("AlarmTopic", topicArn, "SNS topic of the alarms");
  }

  /**
   * Returns the function of a file in `functions/`.
   *
   * @throws Error if no route of this deployment names the file
   */
  functionOf(entry: FunctionFile): SessionFunction {
    const found = this.#functions.find(entry);
    if (found) return found;
    throw new Error(
      `The stack has no function ${entry}. Add a route to it in infra/routes.ts, or call addFunction("${entry}") first.`,
    );
  }

  /** Adds the function of a file without a route, such as one that runs on a schedule. */
  addFunction(entry: FunctionFile): SessionFunction {
    return this.#functions.make(entry);
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

  #makeApi({ settings, routes, domain: customDomain }: StackPlan): SessionApi {
    const domain = customDomain && new SessionDomain(this, "Domain", customDomain);
    if (domain)
      this.#addOutput(
        "DomainTarget",
        domain.target,
        "Name that the DNS record of the host name must point to",
      );
    return new SessionApi(this, "Api", {
      rateLimit: settingOf(settings, "throttlingRateLimit"),
      burstLimit: settingOf(settings, "throttlingBurstLimit"),
      domain,
      cors: readCors(settings, Object.keys(routes) as RouteKey[]),
      identitySource: identitySourceOf(settings),
      ...this.retention,
    });
  }

  #makeProvider(application: Application, settings: Settings, { url }: SessionApi): SignInProvider {
    const { providerClients: clients = [], providerListeners: listeners = [] } = application;
    return new SignInProvider(this, "Provider", { settings, url, clients, listeners, ...this.retention });
  }

  #addRoutes(api: SessionApi, routes: Routes, hasSessionIds: boolean): void {
    for (const [routeKey, target] of Object.entries(routes)) {
      const isOpen = typeof target === "string";
      const { target: place, ...options }: AuthorizedTarget = isOpen ? { target } : target;
      const authorizer = isOpen ? undefined : this.#functions.make(AUTHORIZER);
      const to = isUrl(place) ? { url: place, ...options, hasSessionIds } : this.#functions.make(place);
      api.addRoute(routeKey as RouteKey, to, { head: servesHead(routeKey, routes), authorizer });
    }
  }

  #addOutput(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}
