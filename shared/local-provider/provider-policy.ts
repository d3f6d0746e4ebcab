import type * as oidcProvider from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";

/** Returns oidc-provider's rules for when a person is asked, with `select_account` and `acr_values` added. */
export function createPolicy({ interactionPolicy }: typeof oidcProvider) {
  const { Check, Prompt, base } = interactionPolicy;
  const policy = base();
  policy.add(new Prompt({ name: "select_account", requestable: true }), 0);
  policy
    .get("login")
    ?.checks.push(
      new Check("unknown_person", "the person is no longer known", "login_required", ({ oidc }) =>
        Boolean(oidc.session?.accountId && !oidc.account),
      ),
      new Check("second_factor", "a second factor is required", "login_required", ({ oidc }) =>
        Boolean(wantsSecondFactor(oidc.params?.acr_values) && oidc.acr !== "mfa" && !oidc.result?.login),
      ),
    );
  return policy;
}

/** Returns whether the parameter `acr_values` is satisfied by a second factor only. */
export function wantsSecondFactor(acrValues: unknown): boolean {
  const values = typeof acrValues === "string" ? acrValues.split(" ") : [];
  return values.includes("mfa") && !values.includes("pwd");
}

/**
 * Grants every scope that is requested, so that nobody is asked for consent. Each sign-in has a grant of its
 * own: a refresh token that is revoked or used twice ends the tokens of that sign-in only.
 */
export async function grantAll({ oidc }: KoaContextWithOIDC) {
  const { accountId = "" } = oidc.session ?? {};
  const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client?.clientId ?? "" });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(" "));
  await grant.save();
  return grant;
}
