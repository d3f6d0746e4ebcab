import { Fn, type RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
} from "aws-cdk-lib/aws-cognito";
import { Construct } from "constructs";
import type { ProviderClient } from "../settings/sign-in.ts";

/** Properties of {@link CognitoUsers}. */
export interface CognitoUsersProps {
  /** Address of the application, with a slash at the end. */
  readonly url: string;
  /** Scopes that the application may ask for. */
  readonly scopes: readonly string[];
  /** Fate of the users when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Rejects the deletion of the users until this is false. */
  readonly deletionProtection: boolean;
}

/** Reasons for each exception from a security rule. */
const ACKNOWLEDGED: Readonly<Record<string, string>> = {
  // NIST SP 800-63B-4, section 3.1.1.2.
  "AwsSolutions-COG1": "NIST asks for 15 characters, and forbids rules on which characters these are.",
  "AwsSolutions-COG2":
    "Each user may add a second factor, and the application may ask for one where it matters.",
  "AwsSolutions-COG8":
    "The plan Essentials has all that the sign-in needs, and Plus costs more for each user.",
};

/**
 * Users of the application in Amazon Cognito: a user pool, its pages on a domain of Cognito, and the
 * application as a public client, which has no secret and uses PKCE. Users sign in by e-mail address and
 * password, and may add a second factor (TOTP). An administrator adds them: `selfSignUpEnabled` would let
 * everybody do so.
 */
export class CognitoUsers extends Construct {
  /** Client of the application, with the address at which Cognito signs visitors out. */
  readonly client: ProviderClient;
  readonly #pool: UserPool;

  constructor(scope: Construct, id: string, props: CognitoUsersProps) {
    super(scope, id);
    this.#pool = this.#makePool(props);
    const { userPoolClientId: clientId } = this.#makeClient(props);
    const domain = this.#makeDomain();
    new CfnManagedLoginBranding(this, "Branding", {
      userPoolId: this.#pool.userPoolId,
      clientId,
      useCognitoProvidedValues: true,
    });
    const { region, urlSuffix } = Stack.of(this);
    const issuer = `https://cognito-idp.${region}.${urlSuffix}/${this.#pool.userPoolId}`;
    this.client = { issuer, clientId, signOutUrl: `${domain}/logout` };
  }

  /** Id of the user pool. */
  get poolId(): string {
    return this.#pool.userPoolId;
  }

  #makePool({ removalPolicy, deletionProtection }: CognitoUsersProps): UserPool {
    const pool = new UserPool(this, "Pool", {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      passwordPolicy: {
        minLength: 15,
        requireDigits: false,
        requireLowercase: false,
        requireSymbols: false,
        requireUppercase: false,
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      removalPolicy,
      deletionProtection,
    });
    for (const [rule, reason] of Object.entries(ACKNOWLEDGED))
      Validations.of(pool).acknowledge({ id: rule, reason });
    return pool;
  }

  #makeClient({ url, scopes }: CognitoUsersProps): UserPoolClient {
    return this.#pool.addClient("Application", {
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: scopes.map((scope) => OAuthScope.custom(scope)),
        callbackUrls: [`${url}sign-in/callback`],
        logoutUrls: [`${url}signed-out`],
      },
    });
  }

  /**
   * Adds the domain and returns its address. Its prefix is the id of the stack, because it must be unique in
   * a region.
   */
  #makeDomain(): string {
    const domainPrefix = Fn.select(2, Fn.split("/", Stack.of(this).stackId));
    const domain = this.#pool.addDomain("Domain", {
      cognitoDomain: { domainPrefix },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    return domain.baseUrl();
  }
}
