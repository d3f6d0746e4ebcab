import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { boolean, integer, type OptionTable, oneOf, option, string } from "lambda-sessions/settings";
import { hostName, httpsOrigin, issuer, origins, positiveInteger } from "./setting-kinds.ts";

const noOrigins: readonly string[] = [];

/** Settings of the stack itself, which the library does not have. */
export const STACK_SETTINGS = {
  /**
   * [Assurance level](#assurance) of NIST SP 800-63B-4. It sets lifetimes, `freshFor` and `encrypt`. Settings
   * that are less strict contradict it.
   */
  assurance: option(oneOf(["aal1", "aal2", "aal3"])),
  /**
   * Seconds for which an authentication is fresh. Handlers pass it to `requireFresh` as
   * `freshForFrom(process.env)`.
   */
  freshFor: option(integer(1, 315_360_000, "seconds"), 3600),
  /**
   * Transport of the session: a cookie; headers, for clients without cookies such as mobile applications; or
   * `both`, where requests with `Authorization: Bearer` or `Session-Transport: header` use headers. Headers
   * contradict `storage=cookie`, whose tokens nobody could revoke.
   */
  sessionTransport: option(oneOf(["cookie", "header", "both"]), "cookie"),
  /** Days that a secret key signs before the next one replaces it; 0 turns the rotation off. */
  keyRotationDays: option(integer(0, 1000, "days"), 30),
  /**
   * Other origins whose unsafe requests (POST and the like) are accepted, also those of applications with a
   * scheme of their own, such as `capacitor://localhost`. With `cors`, scripts of those with `https` or
   * `http` can read responses.
   */
  trustedOrigins: option(origins, noOrigins),
  /**
   * Lets scripts of `trustedOrigins` send requests with cookies and read the responses (CORS). With false,
   * API Gateway adds no CORS headers, so functions can.
   */
  cors: option(boolean, true),
  /** Refuses unsafe requests from other sites with a 403. */
  crossOriginProtection: option(boolean, true),
  /**
   * Origin of the application if visitors reach it through CloudFront or another proxy. Functions read it
   * from `PUBLIC_ORIGIN`, and its unsafe requests are accepted.
   */
  publicOrigin: option(httpsOrigin),
  /**
   * Sign-in by an identity provider with OpenID Connect. Without it, the application signs visitors in
   * itself.
   */
  signIn: option(oneOf(["oidc"])),
  /** Issuer of the identity provider, spelt as the provider spells it. Needs `signIn=oidc`. */
  oidcIssuer: option(issuer),
  /** Client id that the identity provider has given to this application. Needs `signIn=oidc`. */
  oidcClientId: option(string(/^[\x21-\x7e]+$/, "a client id, of visible ASCII characters")),
  /** Scopes that are asked for. Needs `signIn=oidc`. */
  oidcScope: option(
    string(
      /^(?=(.* )?openid( |$))[\x21-\x7e]+( [\x21-\x7e]+)*$/,
      "scopes with spaces between them, one of them openid",
    ),
    "openid profile email",
  ),
  /**
   * Authentication contexts (`acr`) of which each sign-in needs one, such as the provider's name for two
   * factors. Needs `signIn=oidc`.
   */
  oidcAcr: option(
    string(
      /^(?=.{1,200}$)[!#-[\]-~]+( [!#-[\]-~]+)*$/,
      "authentication contexts (acr) with spaces between them",
    ),
  ),
  /**
   * Response of the identity provider: in the address, or in a form that the browser posts. Needs
   * `signIn=oidc`.
   */
  oidcResponseMode: option(oneOf(["query", "form_post"]), "query"),
  /**
   * Adds Amazon Cognito as the identity provider: a user pool, its client and its domain. Needs
   * `signIn=oidc`.
   */
  cognito: option(boolean, false),
  /**
   * Ends sessions that the identity provider ends. True with `signIn=oidc` and a table, except with
   * `cognito`.
   */
  backChannelLogout: option(boolean, false),
  /** Keeps the access token and the refresh token of `signIn=oidc` in the table, sealed. */
  keepTokens: option(boolean, false),
  /** Purpose of the deployment: `prod` keeps and protects its data, `dev` leaves nothing behind. */
  stage: option(oneOf(["dev", "prod"]), "dev"),
  /** Deploys, in the stage `prod` too, functions that sign in every visitor under any name. */
  demo: option(boolean, false),
  /**
   * Name of the CloudFormation stack, `LambdaSessions-prod` in the stage `prod`. A second name is a second,
   * separate deployment.
   */
  stackName: option(
    string(/^[A-Za-z][A-Za-z\d-]{0,127}$/, "a letter, then up to 127 letters, digits and hyphens"),
    "LambdaSessions",
  ),
  /** Host name of the API, which is then its only one. Needs `certificateArn`. */
  domainName: option(hostName),
  /** Certificate of that host name, in ACM and in the region of the stack. Needs `domainName`. */
  certificateArn: option(
    string(
      /^arn:aws[a-z-]*:acm:[a-z\d-]+:\d{12}:certificate\/[\w-]+$/,
      "the ARN of a certificate in ACM such as arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
    ),
  ),
  /**
   * Hosted zone of Route 53 that the DNS record is added to. Without it, add the record yourself. Needs
   * `domainName`.
   */
  hostedZoneId: option(string(/^Z[A-Z\d]{1,31}$/, "the id of a hosted zone such as Z0123456789ABCDEFGHIJ")),
  /**
   * Adds alarms, a dashboard and saved queries, which [cost](runbook.md#what-it-costs). True in the stage
   * `prod`.
   */
  monitoring: option(boolean, false),
  /** Address that receives the alarms, once its owner has confirmed. Needs `monitoring`. */
  alarmEmail: option(string(/^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/, "an e-mail address")),
  /** Records samples of the requests in X-Ray. */
  tracing: option(boolean, false),
  /**
   * Lowest level that functions log. With `WARN`, the creation, renewal and end of sessions are not logged.
   */
  logLevel: option(oneOf(["DEBUG", "INFO", "WARN"]), "INFO"),
  /** Memory of each function in MiB. Its share of a processor grows with it. */
  memorySize: option(integer(128, 10_240, "MiB"), 256),
  /** Seconds that a function may take. API Gateway itself waits 30 seconds. */
  timeout: option(integer(1, 30, "seconds"), 10),
  /** Requests per second that API Gateway accepts on each route: a [target](runbook.md#floods), no limit. */
  throttlingRateLimit: option(positiveInteger, 100),
  /** Requests on a route that may be sent at once, above the rate. A target, too. */
  throttlingBurstLimit: option(positiveInteger, 200),
  /** Days that logs are kept, one of the numbers that CloudWatch allows. */
  logRetentionDays: option(oneOf(retentionDays()), RetentionDays.ONE_MONTH),
  /** Keeps table, secret keys and logs when the stack is deleted. True in the stage `prod`. */
  retainOnDelete: option(boolean, false),
} satisfies OptionTable;

/** Returns the retention times of CloudWatch Logs, without "never". */
function retentionDays(): readonly RetentionDays[] {
  const days = Object.values(RetentionDays).filter((value) => typeof value === "number");
  return days.filter((value) => value !== RetentionDays.INFINITE);
}
