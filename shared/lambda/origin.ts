import { type HttpEvent, headerValues } from "./http-event.ts";

/** The domain names of the local run; AWS gives no API such a name. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Returns the origin of a request, such as `https://app.example.com`, for links that leave the application.
 *
 * It is the domain name that AWS routed the request by: of API Gateway, of a custom domain, or of a function URL, which
 * answer over HTTPS only. The headers Host, X-Forwarded-Host and X-Forwarded-Proto do not count, because the client can
 * send them. Only where the domain name is that of the local run, Host gives the port.
 *
 * Behind a proxy such as CloudFront the domain name is the one that the proxy calls, so the origin has to be configured.
 *
 * @throws Error when the event has no domain name
 */
export function originOf(event: HttpEvent): string {
  const { domainName } = event.requestContext;
  if (!domainName)
    throw new Error("the event has no requestContext.domainName: configure the origin instead");
  if (!LOOPBACK.test(domainName)) return new URL(`https://${domainName}`).origin;
  return new URL(`http://${headerValues(event, "host")[0] ?? domainName}`).origin;
}
