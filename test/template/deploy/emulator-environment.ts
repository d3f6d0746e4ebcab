import { dirname, join } from "node:path";
import { ROOT } from "./installation.ts";

/** The folder into which the test writes; git ignores it. */
export const FOLDER = join(ROOT, ".local/test-deploy");

/** The only region of the emulator that the test uses. */
export const REGION = "us-east-1";

/** The folder of the Node.js that runs the deployed functions: Lambda's version, which npm installs. */
const NODE = join(ROOT, "node_modules/.bin");

/** Variables that programs need to run. None of them refers to an AWS account. */
const HARMLESS = ["LANG", "LC_ALL", "TERM", "NO_COLOR", "FORCE_COLOR", "CI"];

/**
 * Returns the complete environment of every process that uses the emulator. It contains only invented
 * credentials, no profile and no configuration file, and the emulator is the only endpoint of every AWS
 * client.
 *
 * @param endpoint the emulator's URL
 * @param certificate the file with the emulator's certificate
 */
export function emulatorEnvironment(endpoint: string, certificate: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(HARMLESS.map((name) => [name, process.env[name]])),
    PATH: [NODE, dirname(process.execPath), process.env.PATH].join(":"),
    // The home folder also contains the CDK's own files and ~/.aws.
    HOME: join(FOLDER, "home"),
    TMPDIR: join(FOLDER, "tmp"),
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_ENDPOINT_URL: endpoint,
    // The functions call Secrets Manager without the SDK and read only this variable.
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // These are the credentials of the root user of MiniStack's only account.
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    CDK_DISABLE_CLI_TELEMETRY: "true",
    CDK_DISABLE_VERSION_CHECK: "true",
  };
}
