import { html } from "../../values/types/html.ts";
import { Markup } from "../../values/types/markup.ts";
import type { Person } from "../people.ts";
import type { ProviderPage } from "./provider-page.ts";

/** Script that submits the page's form as its first button does. */
const SUBMIT = `document.querySelector("button").click()`;

/**
 * Returns the page that confirms a sign-out. An application that proved with an ID token whom it signs out is
 * not asked again: the form submits itself, and without scripts its button remains.
 *
 * @param form oidc-provider's form, with the id `op.logoutForm`
 */
export function renderSignOut(form: string, target: string | undefined, isProven: boolean): ProviderPage {
  return {
    title: "Sign out of the local provider?",
    target,
    body: html`<p>This ends your sign-in at the provider. Applications with a back-channel address end their sessions too.</p>
${new Markup(form)}
<p><button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button class="plain" type="submit" form="op.logoutForm">Stay signed in</button></p>`,
    ...(isProven && { script: SUBMIT }),
  };
}

/** Returns the page after a sign-out that no application asked to return from. */
export function renderSignedOut(): ProviderPage {
  return { title: "Signed out", body: html`<p>You are signed out of the local provider.</p>` };
}

/** Returns the page for an error that is not sent to the application. */
export function renderProblem(sentence: string, details: readonly string[] = []): ProviderPage {
  return {
    title: "This does not work",
    body: html`<p class="alert" role="alert">${sentence}</p>\n${details.map((line) => html`<p>${line}</p>\n`)}`,
  };
}

/** Returns the first page, which lists the people and ends their sign-ins. */
export function renderStart(
  people: readonly Person[],
  file: string | undefined,
  done?: string,
): ProviderPage {
  return {
    title: "People",
    body: html`${done ? html`<p role="status">${done}</p>\n` : ""}<p>Sign in at the application; it sends you here. A button below signs somebody
out of the provider in every browser. Applications with a back-channel address end their sessions too.</p>
<form method="post" action="/">
${people.map(({ id, name }) => html`<button name="signOut" value="${id}">Sign out ${name} everywhere</button>\n`)}</form>
${file ? html`<p class="quiet">The people are in <code>${file}</code>, which is read at each sign-in.</p>` : ""}`,
  };
}
