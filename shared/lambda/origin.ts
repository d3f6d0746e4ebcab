import { OptionError } from "../options/option-error.ts";
import { type HttpEvent, headerValues } from "./http-event.ts";

/** The domain names of the local run; AWS gives no API such a name. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Returns the origin under which the visitor reaches the application, such as `https://app.example.com`, for links that
 * leave it.
 *
 * Behind CloudFront or another proxy it is the environment variable PUBLIC_ORIGIN. Else it is the domain name that AWS
 * routed the request by: of API Gateway, of a custom domain, or of a function URL, which answer over HTTPS only. Host,
 * X-Forwarded-Host and X-Forwarded-Proto do not count, because a client can send them; Host gives the port where the
 * domain name is that of the local run.
 *
 * @throws OptionError when PUBLIC_ORIGIN is no origin, or is absent for an event without a domain name
 */
export function originOf(event: HttpEvent, { PUBLIC_ORIGIN } = process.env): string {
  if (isOrigin(PUBLIC_ORIGIN)) return PUBLIC_ORIGIN;
  const domainName = event.requestContext?.domainName;
  if (PUBLIC_ORIGIN || !domainName)
    throw new OptionError("PUBLIC_ORIGIN", "must be an origin such as https://app.example.com");
  const isLocal = LOOPBACK.test(domainName);
  const url = isLocal ? `http://${headerValues(event, "host")[0] ?? domainName}` : `https://${domainName}`;
  return new URL(url).origin;
}

/** Returns whether a value is an origin of HTTP or HTTPS in its only valid spelling. */
export function isOrigin(value: unknown): value is string {
  return (
    typeof value === "string" &&
    /^https?:/.test(value) &&
    URL.canParse(value) &&
    new URL(value).origin === value
  );
}
