import { createContradiction } from "./setting-error.ts";
import type { SettingName, Settings } from "./settings.ts";

/** Host name of the API other than API Gateway's. */
export interface CustomDomain {
  readonly domainName: string;
  readonly certificateArn: string;
  /** Hosted zone that the DNS record is added to. Without it, the record is not part of the stack. */
  readonly hostedZoneId: string | undefined;
}

/**
 * Returns the host name that the settings choose, if any.
 *
 * @param region region of the stack, if it is known
 * @throws SettingError if a setting is missing, if the certificate is of another region, or if no browser
 * would
 *   accept the cookie from this host name
 */
export function readCustomDomain(settings: Settings, region?: string): CustomDomain | undefined {
  const { domainName, certificateArn, hostedZoneId } = settings;
  refuseForeignCookie(settings);
  if (domainName === undefined) {
    refuse(settings, "certificateArn", "needs domainName");
    refuse(settings, "hostedZoneId", "needs domainName");
    return undefined;
  }
  if (certificateArn === undefined) return refuse(settings, "domainName", "needs certificateArn");
  if (region !== undefined && certificateArn.split(":")[3] !== region)
    refuse(settings, "certificateArn", `must be of ${region}, the stack's region`);
  return { domainName, certificateArn, hostedZoneId };
}

/**
 * Rejects a domain of the cookie that no browser accepts from the host that visitors see (RFC 6265, section
 * 5.1.3): that of `publicOrigin`, or else of `domainName`.
 */
function refuseForeignCookie(settings: Settings): void {
  const { domainName, publicOrigin } = settings;
  const domain = settings.cookieDomain?.toLowerCase().replace(/^\./, "");
  const host = publicOrigin === undefined ? domainName : new URL(publicOrigin).hostname;
  if (domain === undefined || host === domain || host?.endsWith(`.${domain}`)) return;
  const source = publicOrigin === undefined ? "domainName" : "publicOrigin";
  const problem =
    host === undefined
      ? "needs domainName or publicOrigin, because the host name of API Gateway is not below it"
      : `must be ${host} or a domain above it, as ${source} says`;
  refuse(settings, "cookieDomain", problem);
}

function refuse(settings: Settings, name: SettingName, problem: string): undefined {
  const value = settings[name];
  if (value === undefined) return undefined;
  throw createContradiction(name, value, problem);
}
