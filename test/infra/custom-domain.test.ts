import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { SessionStackProps } from "../../infra/session-stack.ts";
import { synthesize } from "./fixture/synthesize.ts";
import { resourcesOf } from "./synthesize.ts";

const certificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d";
const domainName = "app.example.com";
const hostedZoneId = "Z0123456789ABCDEFGHIJ";

function only(template: ReturnType<typeof synthesize>, type: string) {
  const [found, ...others] = resourcesOf(template, type);
  if (!found || others.length > 0) throw new Error(`not exactly one ${type}`);
  return [found[0], found[1].Properties] as const;
}

describe("a custom host name", () => {
  const template = synthesize({ domainName, certificateArn, hostedZoneId });
  const [nameId, name] = only(template, "AWS::ApiGatewayV2::DomainName");
  const [apiId, api] = only(template, "AWS::ApiGatewayV2::Api");

  test("a custom host name is served over TLS 1.2 or newer, in the stack's region, with the certificate", () => {
    expect(name).toEqual({
      DomainName: domainName,
      DomainNameConfigurations: [
        {
          CertificateArn: certificateArn,
          EndpointType: "REGIONAL",
          IpAddressType: "dualstack",
          SecurityPolicy: "TLS_1_2",
        },
      ],
    });
  });

  test("a custom host name maps to the API's one stage at its root", () => {
    const [mappingId, mapping] = only(template, "AWS::ApiGatewayV2::ApiMapping");
    expect(mapping).toEqual({ ApiId: { Ref: apiId }, DomainName: { Ref: nameId }, Stage: "$default" });
    const [stageId] = only(template, "AWS::ApiGatewayV2::Stage");
    expect(template.toJSON().Resources[mappingId].DependsOn).toContain(stageId);
  });

  test("a custom host name turns off API Gateway's own address, so that cookies have one host", () => {
    expect(api).toMatchObject({ DisableExecuteApiEndpoint: true });
    template.hasOutput("Url", { Value: "https://app.example.com/" });
  });

  test("a custom host name has a DNS record in the hosted zone for IPv4, and one for IPv6", () => {
    const records = resourcesOf(template, "AWS::Route53::RecordSet").map(([, { Properties }]) => Properties);
    const record = {
      HostedZoneId: hostedZoneId,
      Name: "app.example.com.",
      AliasTarget: {
        DNSName: { "Fn::GetAtt": [nameId, "RegionalDomainName"] },
        HostedZoneId: { "Fn::GetAtt": [nameId, "RegionalHostedZoneId"] },
      },
    };
    expect(records).toEqual([
      { ...record, Type: "A" },
      { ...record, Type: "AAAA" },
    ]);
  });

  test("a custom host name without a hosted zone has an output with the target of the DNS record", () => {
    const elsewhere = synthesize({ domainName, certificateArn });
    expect(resourcesOf(elsewhere, "AWS::Route53::RecordSet")).toEqual([]);
    const [id] = only(elsewhere, "AWS::ApiGatewayV2::DomainName");
    elsewhere.hasOutput("DomainTarget", { Value: { "Fn::GetAtt": [id, "RegionalDomainName"] } });
  });

  test("a custom host name does not change the cookie", () => {
    const variables = (of: typeof template) =>
      resourcesOf(of, "AWS::Lambda::Function").map(([, { Properties }]) => Properties.Environment);
    expect(variables(template)).toEqual(variables(synthesize()));
  });
});

test("without a custom host name, API Gateway's own address answers", () => {
  const template = synthesize();
  expect(JSON.stringify(template.toJSON())).not.toMatch(/DisableExecuteApiEndpoint|DomainName|Route53/);
});

describe("settings of a custom host name", () => {
  test.each<[SessionStackProps, string]>([
    [{ domainName }, 'The setting domainName cannot be "app.example.com": it needs certificateArn.'],
    [{ certificateArn }, `The setting certificateArn cannot be "${certificateArn}": it needs domainName.`],
    [{ hostedZoneId }, `The setting hostedZoneId cannot be "${hostedZoneId}": it needs domainName.`],
    [
      { domainName, certificateArn, cookieDomain: "example.org" },
      'The setting cookieDomain cannot be "example.org": it must be app.example.com or a domain above it, as domainName says.',
    ],
    [
      { domainName, certificateArn, cookieDomain: "www.app.example.com" },
      'The setting cookieDomain cannot be "www.app.example.com": it must be app.example.com or a domain above it, as domainName says.',
    ],
    [
      { domainName, certificateArn, cookieDomain: "pp.example.com" },
      'The setting cookieDomain cannot be "pp.example.com": it must be app.example.com or a domain above it, as domainName says.',
    ],
    [
      { publicOrigin: "https://www.example.com", cookieDomain: "example.org" },
      'The setting cookieDomain cannot be "example.org": it must be www.example.com or a domain above it, as publicOrigin says.',
    ],
    [
      { domainName, certificateArn, publicOrigin: "https://www.example.org", cookieDomain: "example.com" },
      'The setting cookieDomain cannot be "example.com": it must be www.example.org or a domain above it, as publicOrigin says.',
    ],
    [
      { cookieDomain: "example.org" },
      'The setting cookieDomain cannot be "example.org": it needs domainName or publicOrigin, because the host name of API Gateway is not below it.',
    ],
  ])("settings of a host name that cannot work are rejected in one sentence: %j", (props, sentence) => {
    expect(() => synthesize(props)).toThrow(
      expect.objectContaining({ name: "SettingError", message: sentence }),
    );
  });

  test("a certificate of another region than the stack's is rejected", () => {
    const env = { region: "eu-west-1" };
    expect(() => synthesize({ domainName, certificateArn, env })).toThrow(
      `The setting certificateArn cannot be "${certificateArn}": it must be of eu-west-1, the stack's region.`,
    );
  });

  test("a certificate of another region than that of the CDK's credentials is rejected", () => {
    vi.stubEnv("CDK_DEFAULT_ACCOUNT", "123456789012");
    vi.stubEnv("CDK_DEFAULT_REGION", "eu-west-1");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => synthesize({ domainName, certificateArn, stackName: "Elsewhere" })).toThrow(
      "it must be of eu-west-1, the stack's region.",
    );
  });

  test("a certificate of any region is accepted if the CDK has no credentials, and so only guesses the region", () => {
    vi.stubEnv("CDK_DEFAULT_ACCOUNT", undefined);
    vi.stubEnv("CDK_DEFAULT_REGION", "us-east-1");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => synthesize({ domainName, certificateArn, stackName: "Guessed" })).not.toThrow();
  });

  test("a certificate of the stack's region is accepted", () => {
    expect(() => synthesize({ domainName, certificateArn, env: { region: "eu-central-1" } })).not.toThrow();
  });

  test.each<SessionStackProps>([
    { domainName, certificateArn, cookieDomain: "app.example.com" },
    { domainName, certificateArn, cookieDomain: "example.com" },
    { domainName, certificateArn, cookieDomain: "Example.com" },
    { publicOrigin: "https://www.example.com:8443", cookieDomain: "example.com" },
    { domainName, certificateArn, publicOrigin: "https://www.example.org", cookieDomain: "example.org" },
  ])("settings of a host name that can work are accepted: %j", (props) => {
    expect(() => synthesize(props)).not.toThrow();
  });
});
