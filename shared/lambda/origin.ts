import { OptionError } from "../options/option-error.ts";
import { isOrigin } from "../options/origin.ts";
import { type HttpEvent, headerValues } from "./http-event.ts";

/** The domain names of the local run. No API on AWS has such a name. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Returns the origin of the application for its visitors, such as `https://app.example.com`, for absolute
 * links.
 *
 * The environment variable PUBLIC_ORIGIN sets it behind CloudFront or another proxy. Otherwise it has the
 * domain name by which AWS routed the request: of API Gateway, of a custom domain, or of a function URL, all
 * of which use HTTPS. Host, X-Forwarded-Host and X-Forwarded-Proto are ignored, because a client can send any
 * value; only the local run reads the port from Host.
 *
 * @throws OptionError if PUBLIC_ORIGIN is no origin, or is absent for an event without a domain name
 */
export function originOf(event: HttpEvent, { PUBLIC_ORIGIN } = process.env): string {
  if (isOrigin(PUBLIC_ORIGIN)) return PUBLIC_ORIGIN;
  const domainName = event.requestContext?.domainName;
  if (PUBLIC_ORIGIN || !domainName)
    throw new OptionError("PUBLIC_ORIGIN", "must be an origin such as https://app.example.com");
  const isLocal = isLoopback(domainName);
  const url = isLocal ? `http://${headerValues(event, "host")[0] ?? domainName}` : `https://${domainName}`;
  return new URL(url).origin;
}

/** Returns whether a host name, with or without a port, is of the local run. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.replace(/:\d+$/, ""));
}
