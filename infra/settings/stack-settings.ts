import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { boolean, integer, type OptionTable, oneOf, option, string } from "lambda-sessions/settings";
import { hostName, httpsOrigin, origins, positiveInteger } from "./setting-kinds.ts";

const noOrigins: readonly string[] = [];

/** Settings of the stack itself, which the library does not have. */
export const STACK_SETTINGS = {
  /** Days that a secret key signs before the next one replaces it; 0 turns the rotation off. */
  keyRotationDays: option(integer(0, 1000, "days"), 30),
  /** Other origins whose unsafe requests (POST and the like) are accepted. */
  trustedOrigins: option(origins, noOrigins),
  /** Refuses unsafe requests from other sites with a 403. */
  crossOriginProtection: option(boolean, true),
  /**
   * Origin of the application if visitors reach it through CloudFront or another proxy. Functions read it
   * from `PUBLIC_ORIGIN`, and its unsafe requests are accepted.
   */
  publicOrigin: option(httpsOrigin),
  /** Purpose of the deployment: `prod` keeps and protects its data, `dev` leaves nothing behind. */
  stage: option(oneOf(["dev", "prod"]), "dev"),
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
  /** Requests per second that the API accepts. */
  throttlingRateLimit: option(positiveInteger, 100),
  /** Requests that may be sent at once, above the rate. */
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
