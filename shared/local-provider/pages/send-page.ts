import type { KoaContextWithOIDC } from "oidc-provider";
import { headersOf, type ProviderPage, renderPage } from "./provider-page.ts";

/** Answers a request with a page. */
export function sendPage(
  ctx: Pick<KoaContextWithOIDC, "status" | "set" | "body">,
  page: ProviderPage,
  status = 200,
): void {
  ctx.status = status;
  ctx.body = renderPage(page);
  ctx.set(headersOf(page));
}

/** Returns the origin of a URI, if the value is one. */
export function originOf(uri: unknown): string | undefined {
  return (typeof uri === "string" ? URL.parse(uri)?.origin : undefined) ?? undefined;
}
