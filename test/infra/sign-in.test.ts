import { describe, expect, test } from "vitest";
import type { SessionStackProps } from "../../infra/session-stack.ts";
import { readSettings } from "../../infra/settings/read-settings.ts";
import type { Settings } from "../../infra/settings/settings.ts";
import { hasBackChannelLogout, refuseBrokenSignIn } from "../../infra/settings/sign-in.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { resourcesOf } from "./synthesize.ts";

const OIDC = {
  signIn: "oidc",
  oidcIssuer: "https://accounts.example.com",
  oidcClientId: "client-1",
} as const satisfies Settings;
const COGNITO = { signIn: "oidc", cognito: true } as const satisfies Settings;

describe("settings of the sign-in that contradict each other", () => {
  test.each<[Settings, string]>([
    [
      { signIn: "oidc" },
      'The setting signIn cannot be "oidc": it needs oidcIssuer and oidcClientId, or cognito=true.',
    ],
    [
      { ...COGNITO, oidcScope: "openid offline_access" },
      'The setting oidcScope cannot be "openid offline_access": it contradicts cognito=true, because the user pool has no scope offline_access. Use some of openid, profile, email, phone and aws.cognito.signin.user.admin.',
    ],
    [
      { signIn: "oidc", oidcIssuer: OIDC.oidcIssuer },
      'The setting signIn cannot be "oidc": it needs oidcIssuer and oidcClientId, or cognito=true.',
    ],
    [
      { signIn: "oidc", oidcClientId: OIDC.oidcClientId },
      'The setting signIn cannot be "oidc": it needs oidcIssuer and oidcClientId, or cognito=true.',
    ],
    [
      { ...COGNITO, oidcIssuer: OIDC.oidcIssuer },
      'The setting oidcIssuer cannot be "https://accounts.example.com": it contradicts cognito=true, which adds a provider of its own.',
    ],
    [
      { ...COGNITO, oidcClientId: OIDC.oidcClientId },
      'The setting oidcClientId cannot be "client-1": it contradicts cognito=true, which adds a provider of its own.',
    ],
    [
      { ...COGNITO, storage: "dynamodb", backChannelLogout: true },
      "The setting backChannelLogout cannot be true: it contradicts cognito=true, because Cognito sends no back-channel logout.",
    ],
    [
      { ...COGNITO, oidcResponseMode: "form_post" },
      'The setting oidcResponseMode cannot be "form_post": it contradicts cognito=true, because Cognito responds in the address only.',
    ],
    [
      { ...COGNITO, oidcAcr: "mfa" },
      'The setting oidcAcr cannot be "mfa": it contradicts cognito=true, because Cognito\'s tokens name no context.',
    ],
    ...(
      [
        ["oidcIssuer", OIDC.oidcIssuer],
        ["oidcClientId", OIDC.oidcClientId],
        ["oidcScope", "openid"],
        ["oidcAcr", "mfa"],
        ["oidcResponseMode", "query"],
        ["cognito", true],
        ["backChannelLogout", true],
        ["keepTokens", true],
      ] as const
    ).map(([name, value]): [Settings, string] => [
      { storage: "dynamodb", [name]: value },
      `The setting ${name} cannot be ${JSON.stringify(value)}: it needs signIn=oidc.`,
    ]),
    [
      { ...OIDC, oidcIssuer: "http://127.0.0.1:3001", stage: "prod" },
      'The setting oidcIssuer cannot be "http://127.0.0.1:3001": it must begin with https: in the stage prod.',
    ],
    [
      { ...OIDC, cookieSameSite: "strict" },
      'The setting cookieSameSite cannot be "strict": it would keep the session from visitors whom the provider of signIn=oidc sends back. Use lax.',
    ],
    [
      { ...OIDC, timeout: 1 },
      "The setting timeout cannot be 1: it leaves no time for the provider of signIn=oidc. Use 2 or more.",
    ],
    [
      { ...OIDC, storage: "dynamodb", keepTokens: true, timeout: 6 },
      "The setting timeout cannot be 6: it leaves too little time to refresh a token of keepTokens=true, which is lost if Lambda ends the function. Use 7 or more.",
    ],
    [
      { ...OIDC, cookiePath: "/sign-in" },
      'The setting cookiePath cannot be "/sign-in": it would keep the session from /sign-in and /sign-out of signIn=oidc. Leave it out.',
    ],
  ])("the settings %j are rejected in one sentence", (settings, sentence) => {
    expect(() => refuseBrokenSignIn(settings)).toThrow(
      expect.objectContaining({ name: "SettingError", message: sentence }),
    );
    expect(() => synthesize(settings)).toThrow(sentence);
  });

  test.each([
    ["backChannelLogout", { backChannelLogout: true }],
    ["keepTokens", { keepTokens: true }],
  ] as const)(
    "%s=true is rejected with storage=cookie, and the error names the storages that can",
    (name, props) => {
      expect(() => synthesize({ ...OIDC, ...props })).toThrow(
        `The setting ${name} cannot be true: it needs storage=dynamodb or storage=revocable-cookie.`,
      );
    },
  );

  test.each<Settings>([
    {},
    { cognito: false, backChannelLogout: false, keepTokens: false },
    { cookieSameSite: "strict", cookiePath: "/app" },
    { ...OIDC, flask: true },
    { ...OIDC, oidcIssuer: "http://127.0.0.1:3001" },
    { ...OIDC, cognito: false, backChannelLogout: false, keepTokens: false },
    { ...OIDC, cookieSameSite: "none" },
    { ...OIDC, timeout: 2 },
    { ...OIDC, storage: "dynamodb", keepTokens: true, timeout: 7 },
    { ...COGNITO, oidcResponseMode: "query", backChannelLogout: false },
  ])("the settings %j fit together", (settings) => {
    expect(() => refuseBrokenSignIn(settings)).not.toThrow();
  });
});

describe("the issuer", () => {
  test.each([
    "https://accounts.google.com",
    "https://tenant.eu.auth0.com/",
    "https://login.microsoftonline.com/6babcaad-604b-40ac-a9d7-9fd97c0b779f/v2.0",
    "https://id.example.com:8443/realms/shop",
    "http://127.0.0.1:3001",
    "http://localhost:3001",
    "http://[::1]:3001",
  ])("the issuer %s is accepted", (oidcIssuer) => {
    expect(readSettings({ oidcIssuer })).toEqual({ oidcIssuer });
  });

  test.each([
    "accounts.google.com",
    "http://accounts.example.com",
    "http://127.0.0.1.example.com",
    "https://accounts.example.com?tenant=1",
    "https://accounts.example.com/?",
    "https://accounts.example.com/#",
    "https://ada:secret@accounts.example.com",
    "https://Accounts.example.com",
    "HTTPS://accounts.example.com",
    "https://accounts.example.com/ ",
    "https://accounts.example.com/a/../b",
    "https://accounts.example.com/.well-known/openid-configuration",
    "",
    5,
  ])("the issuer %j is rejected", (oidcIssuer) => {
    expect(() => readSettings({ oidcIssuer })).toThrow(
      `The setting oidcIssuer must be an issuer such as https://accounts.google.com, with its host in lower case, without query, fragment and /.well-known/openid-configuration, not ${JSON.stringify(oidcIssuer)}.`,
    );
  });

  test.each([
    ["openid", true],
    ["openid email", true],
    ["email openid offline_access", true],
    ["email", false],
    ["myopenid", false],
    ["openid  email", false],
    ["openid ", false],
    ["openid,email", false],
  ])("the scopes %j are accepted: %s", (oidcScope, accepted) => {
    if (accepted) expect(readSettings({ oidcScope })).toEqual({ oidcScope });
    else
      expect(() => readSettings({ oidcScope })).toThrow("The setting oidcScope must be scopes with spaces");
  });
});

test.each(["", " mfa", "mfa  hwk", 'm"fa', "x".repeat(201)])(
  "the contexts %j of oidcAcr are rejected",
  (oidcAcr) => {
    expect(() => readSettings({ oidcAcr })).toThrow("The setting oidcAcr must be authentication contexts");
  },
);

test.each<[Settings, boolean]>([
  [{ storage: "dynamodb" }, false],
  [{ ...OIDC }, false],
  [{ ...OIDC, storage: "revocable-cookie" }, true],
  [{ ...OIDC, storage: "dynamodb" }, true],
  [{ ...OIDC, storage: "dynamodb", backChannelLogout: false }, false],
  [{ ...COGNITO, storage: "dynamodb" }, false],
])("with %j, the provider can end sessions: %s", (settings, expected) => {
  expect(hasBackChannelLogout(settings)).toBe(expected);
});

/** Returns the variables of each function, by its file. */
function variablesOf(props: SessionStackProps): Map<unknown, Readonly<Record<string, unknown>>> {
  const functions = resourcesOf(synthesize(props), "AWS::Lambda::Function");
  return new Map(
    functions.map(([, { Metadata, Properties }]) => [
      Metadata?.["local:entry"],
      Properties.Environment?.Variables ?? {},
    ]),
  );
}

describe("the environment of the functions with signIn=oidc", () => {
  const variables = variablesOf({
    ...OIDC,
    storage: "dynamodb",
    keepTokens: true,
    oidcScope: "openid email",
    oidcAcr: "mfa hwk",
  });

  test("every function with a session has SIGN_IN=oidc", () => {
    const without = [...variables].filter(([, { SIGN_IN }]) => SIGN_IN !== "oidc").map(([file]) => file);
    expect(without).toEqual(["functions/not-found.ts", "functions/schedule/rotate-keys.ts"]);
    expect([...variablesOf({}).values()].filter((one) => "SIGN_IN" in one)).toEqual([]);
  });

  test("only the functions of the sign-in have the provider's variables, and only its clients the client secret", () => {
    const provider = {
      OIDC_ISSUER: "https://accounts.example.com",
      OIDC_CLIENT_ID: "client-1",
      OIDC_SCOPE: "openid email",
      OIDC_ACR: "mfa hwk",
      OIDC_KEEP_TOKENS: "true",
    };
    const oidc = [...variables].map(([file, all]) => [
      file,
      Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith("OIDC_"))),
    ]);
    expect(Object.fromEntries(oidc.filter(([, all]) => Object.keys(all ?? {}).length > 0))).toEqual({
      "functions/sign-in.ts": {
        ...provider,
        OIDC_CLIENT_SECRET_ARN: { Ref: expect.stringMatching(/^ProviderClientSecret/) },
      },
      "functions/back-channel.ts": provider,
    });
  });

  test("defaults are not passed on", () => {
    const signIn = variablesOf({ ...OIDC }).get("functions/sign-in.ts");
    expect(Object.keys(signIn ?? {}).filter((name) => name.startsWith("OIDC_"))).toEqual([
      "OIDC_ISSUER",
      "OIDC_CLIENT_ID",
      "OIDC_CLIENT_SECRET_ARN",
    ]);
  });
});

describe("the stack with cognito=true", () => {
  const template = synthesize({ ...COGNITO });
  const [[pool] = []] = resourcesOf(template, "AWS::Cognito::UserPool");
  const [[client, { Properties: settings }] = ["", { Properties: {} }]] = resourcesOf(
    template,
    "AWS::Cognito::UserPoolClient",
  );
  const [[domain] = []] = resourcesOf(template, "AWS::Cognito::UserPoolDomain");

  test("the user pool has no self-registration, long passwords and an optional second factor", () => {
    template.hasResourceProperties("AWS::Cognito::UserPool", {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UsernameAttributes: ["email"],
      Policies: { PasswordPolicy: { MinimumLength: 15 } },
      MfaConfiguration: "OPTIONAL",
      EnabledMfas: ["SOFTWARE_TOKEN_MFA"],
    });
    const { Properties } =
      resourcesOf(synthesize({ ...COGNITO, stage: "prod" }), "AWS::Cognito::UserPool")[0]?.[1] ?? {};
    expect(Properties?.DeletionProtection).toBe("ACTIVE");
  });

  test("the application is a public client with the code flow alone and its own addresses", () => {
    const addressOf = (path: string) => ({ "Fn::Join": ["", expect.arrayContaining([`/${path}`])] });
    expect(settings).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ["code"],
      AllowedOAuthScopes: ["openid", "profile", "email"],
      CallbackURLs: [addressOf("sign-in/callback")],
      LogoutURLs: [addressOf("signed-out")],
      PreventUserExistenceErrors: "ENABLED",
    });
    expect(settings).not.toHaveProperty("ExplicitAuthFlows");
  });

  test.each<[SessionStackProps, string]>([
    [{ publicOrigin: "https://www.example.com" }, "https://www.example.com/"],
    [
      {
        domainName: "app.example.com",
        certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
      },
      "https://app.example.com/",
    ],
  ])("with %j, Cognito sends visitors back to that host", (props, origin) => {
    synthesize({ ...COGNITO, ...props }).hasResourceProperties("AWS::Cognito::UserPoolClient", {
      CallbackURLs: [`${origin}sign-in/callback`],
      LogoutURLs: [`${origin}signed-out`],
    });
  });

  test("the sign-in function has the issuer, the client and the sign-out of Cognito, and no client secret", () => {
    const variables = variablesOf({ ...COGNITO }).get("functions/sign-in.ts") ?? {};
    const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_SIGN_OUT_URL } = variables;
    expect(JSON.stringify(OIDC_ISSUER)).toContain(`{"Ref":"${pool}"}`);
    expect(OIDC_CLIENT_ID).toEqual({ Ref: client });
    expect(JSON.stringify(OIDC_SIGN_OUT_URL)).toMatch(new RegExp(`"Ref":"${domain}".*/logout"`));
    expect(variables).not.toHaveProperty("OIDC_CLIENT_SECRET_ARN");
    expect(resourcesOf(template, "AWS::SecretsManager::Secret")).toHaveLength(1);
  });

  test("the domain is unique in its region, because its prefix is the id of the stack", () => {
    template.hasResourceProperties("AWS::Cognito::UserPoolDomain", {
      Domain: { "Fn::Select": [2, { "Fn::Split": ["/", { Ref: "AWS::StackId" }] }] },
      ManagedLoginVersion: 2,
    });
  });
});

describe("the outputs of a stack with signIn=oidc", () => {
  test.each<[SessionStackProps, string]>([
    [{ publicOrigin: "https://www.example.com" }, "https://www.example.com/sign-in/callback"],
    [
      {
        domainName: "app.example.com",
        certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d",
      },
      "https://app.example.com/sign-in/callback",
    ],
  ])("with %j, the output RedirectUri is the one to register at the provider", (props, uri) => {
    synthesize({ ...OIDC, ...props }).hasOutput("RedirectUri", { Value: uri });
  });

  test("the output UserPool names the pool of cognito=true", () => {
    const template = synthesize({ ...COGNITO });
    const [[pool] = []] = resourcesOf(template, "AWS::Cognito::UserPool");
    template.hasOutput("UserPool", { Value: { Ref: pool } });
    expect(synthesize({ ...OIDC }).findOutputs("UserPool")).toEqual({});
  });
});
