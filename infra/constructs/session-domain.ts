import {
  ApiMapping,
  DomainName,
  EndpointType,
  type HttpStage,
  IpAddressType,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigatewayv2";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from "aws-cdk-lib/aws-route53";
import { ApiGatewayv2DomainProperties } from "aws-cdk-lib/aws-route53-targets";
import { Construct } from "constructs";
import type { CustomDomain } from "../settings/custom-domain.ts";

/**
 * Host name for an API, with TLS 1.2 or newer, for IPv4 and IPv6. Adds the DNS records if the hosted zone is
 * given.
 */
export class SessionDomain extends Construct {
  readonly #name: DomainName;
  readonly #url: string;

  constructor(scope: Construct, id: string, { domainName, certificateArn, hostedZoneId }: CustomDomain) {
    super(scope, id);
    this.#url = `https://${domainName}/`;
    this.#name = new DomainName(this, "Name", {
      domainName,
      certificate: Certificate.fromCertificateArn(this, "Certificate", certificateArn),
      endpointType: EndpointType.REGIONAL,
      ipAddressType: IpAddressType.DUAL_STACK,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    if (hostedZoneId !== undefined) this.#addRecords(domainName, hostedZoneId);
  }

  /** Name that the DNS record of the host name must point to. */
  get target(): string {
    return this.#name.regionalDomainName;
  }

  /** Maps the host name to a stage and returns its address. */
  mapTo(stage: HttpStage): string {
    new ApiMapping(this, "Mapping", { api: stage.api, stage, domainName: this.#name });
    return this.#url;
  }

  #addRecords(domainName: string, hostedZoneId: string): void {
    const { regionalDomainName, regionalHostedZoneId } = this.#name;
    const target = new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId);
    const record = {
      zone: HostedZone.fromHostedZoneId(this, "Zone", hostedZoneId),
      // A name with a dot at its end is complete, so the zone's own name is not needed.
      recordName: `${domainName}.`,
      target: RecordTarget.fromAlias(target),
    };
    new ARecord(this, "Record", record);
    new AaaaRecord(this, "Ipv6Record", record);
  }
}
