import { dirname, join } from "node:path";
import { ROOT } from "./installation.ts";

/** Where the test writes; git ignores it. */
export const FOLDER = join(ROOT, ".local/test-deploy");

/** The only region of the emulator that is used. */
export const REGION = "us-east-1";

/** The Node that runs the deployed functions: Lambda's version, which npm installs. */
const NODE = join(ROOT, "node_modules/node/bin");

/** What a program needs to run at all, and nothing that leads to an account of AWS. */
const HARMLESS = ["LANG", "LC_ALL", "TERM", "NO_COLOR", "FORCE_COLOR", "CI"];

/**
 * The whole environment of every process that talks to the emulator. It holds no credentials but invented ones, no
 * profile and no configuration file, and every client of AWS finds the emulator as its only endpoint.
 *
 * @param endpoint the emulator's URL
 * @param certificate the file with the certificate that the emulator shows
 */
export function emulatorEnvironment(endpoint: string, certificate: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(HARMLESS.map((name) => [name, process.env[name]])),
    PATH: [NODE, dirname(process.execPath), process.env.PATH].join(":"),
    // Also the home of the CDK's own files, and of ~/.aws.
    HOME: join(FOLDER, "home"),
    TMPDIR: join(FOLDER, "tmp"),
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_ENDPOINT_URL: endpoint,
    // The functions ask Secrets Manager without the SDK, and know this variable only.
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // The root user of MiniStack's only account.
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    CDK_DISABLE_CLI_TELEMETRY: "true",
    CDK_DISABLE_VERSION_CHECK: "true",
  };
}
