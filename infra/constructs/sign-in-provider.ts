import { CfnOutput, type RemovalPolicy, Validations } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { FunctionFile } from "../routes.ts";
import { type Settings, settingOf } from "../settings/settings.ts";
import { type ProviderClient, readProviderClient, toProviderEnvironment } from "../settings/sign-in.ts";
import type { Retention } from "../settings/stage.ts";
import { CognitoUsers } from "./cognito-users.ts";
import type { SessionFunction } from "./session-function.ts";

/** Properties of a {@link SignInProvider}. */
export interface SignInProviderProps extends Retention {
  readonly settings: Settings;
  /** Address of the API, with a slash at the end. */
  readonly url: string;
  /** Functions that call the provider. They may read the client secret. */
  readonly clients: readonly FunctionFile[];
  /** Functions that only verify what the provider sends. */
  readonly listeners: readonly FunctionFile[];
}

/** Identity provider of `signIn=oidc`: another one with a client secret, or Cognito, which needs none. */
export class SignInProvider extends Construct {
  readonly #props: SignInProviderProps;
  readonly #client: ProviderClient;
  readonly #secret: ClientSecret | undefined;

  constructor(scope: Construct, id: string, props: SignInProviderProps) {
    super(scope, id);
    this.#props = props;
    const publicOrigin = settingOf(props.settings, "publicOrigin");
    const url = publicOrigin === undefined ? props.url : `${publicOrigin}/`;
    const client = readProviderClient(props.settings);
    if (client) this.#secret = new ClientSecret(this, "ClientSecret", props);
    this.#client = client ?? this.#addCognito(props, url);
    this.#addOutput(
      "RedirectUri",
      `${url}sign-in/callback`,
      "Redirect URI of the sign-in, as registered at the provider",
    );
  }

  /** Lets a function call the provider, or verify what it sends, if the function is one of these. */
  connect(entry: FunctionFile, target: SessionFunction): void {
    const { settings, clients, listeners } = this.#props;
    if (!clients.includes(entry) && !listeners.includes(entry)) return;
    for (const [name, value] of Object.entries(toProviderEnvironment(settings, this.#client)))
      target.handler.addEnvironment(name, value);
    if (clients.includes(entry)) this.#secret?.grantRead(target);
  }

  #addCognito(props: SignInProviderProps, url: string): ProviderClient {
    const { settings, removalPolicy, deletionProtection } = props;
    const { client, poolId } = new CognitoUsers(this, "Users", {
      url,
      scopes: settingOf(settings, "oidcScope").split(" "),
      removalPolicy,
      deletionProtection,
    });
    this.#addOutput("UserPool", poolId, "User pool to which an administrator adds users");
    return client;
  }

  /** Adds an output of the stack with a name that commands can rely on. */
  #addOutput(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description }).overrideLogicalId(name);
  }
}

/**
 * Client secret of the application at its identity provider. The deployment creates it empty, and
 * `npm run client-secret` fills it, so the secret is in no template, no setting and no log of CloudFormation.
 */
class ClientSecret extends Construct {
  readonly #secret: CfnSecret;

  constructor(scope: Construct, id: string, { removalPolicy }: { readonly removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.#secret = new CfnSecret(this, "Value", {
      description: "Client secret of the application at its identity provider",
    });
    this.#secret.applyRemovalPolicy(removalPolicy);
    Validations.of(this.#secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason: "Only the identity provider can issue another client secret.",
    });
  }

  /** Allows a function to read the client secret, and sets its variable `OIDC_CLIENT_SECRET_ARN`. */
  grantRead(target: SessionFunction): Grant {
    target.handler.addEnvironment("OIDC_CLIENT_SECRET_ARN", this.#secret.ref);
    return Grant.addToPrincipal({
      grantee: target.handler,
      actions: ["secretsmanager:GetSecretValue"],
      resourceArns: [this.#secret.ref],
    });
  }
}
