import { html } from "../../values/types/html.ts";
import type { Person } from "../people.ts";
import type { ProviderPage } from "./provider-page.ts";

/** Code that every second factor of the local provider has. The page shows it. */
export const SECOND_FACTOR_CODE = "123456";

/** Sign-in that a page asks for. */
export interface SignInRequest {
  /** Path of the form. */
  readonly action: string;
  /** Origin of the application that asks. */
  readonly target: string | undefined;
  /** Sentence about a wrong input. Default: none. */
  readonly problem?: string;
}

/** Situation in which a person is chosen. */
export interface PickerRequest extends SignInRequest {
  readonly people: readonly Person[];
  /** File in which people are edited. */
  readonly file: string | undefined;
  /** Person who is already signed in at the provider. */
  readonly present: Person | undefined;
  /** True if the application asks for a second factor. */
  readonly wantsSecondFactor: boolean;
}

/** Returns the page on which a person is chosen, each by a button of their own. */
export function renderPicker(request: PickerRequest): ProviderPage {
  const { people, file, present, wantsSecondFactor, target, action, problem } = request;
  const notes = [
    `${target ?? "The application"} asks who you are.`,
    ...(present ? [`You are signed in as ${present.name}. Choose somebody to sign in again.`] : []),
    ...(wantsSecondFactor ? ["The application asks for a person with a second factor."] : []),
  ];
  return {
    title: "Choose a person",
    target,
    body: html`${renderProblem(problem)}${notes.map((note) => html`<p>${note}</p>\n`)}<form method="post" action="${action}">
${people.map(renderChoice)}
<button class="plain" name="cancel" value="yes">Cancel</button>
</form>
${file ? html`<p class="quiet">The people are in <code>${file}</code>, which is read at each sign-in.</p>` : ""}`,
  };
}

/** Returns the page that asks a person for the second factor and shows the code. */
export function renderSecondFactor(request: SignInRequest, person: Person): ProviderPage {
  const { action, target, problem } = request;
  return {
    title: "Enter the code",
    target,
    body: html`${renderProblem(problem)}<p>${person.name} has a second factor. A real provider would ask their device. Here, every code
is <code>${SECOND_FACTOR_CODE}</code>.</p>
<form method="post" action="${action}">
<input type="hidden" name="person" value="${person.id}">
<label>Code <input name="digits" required autofocus inputmode="numeric" autocomplete="one-time-code" maxlength="20"></label>
<button>Sign in as ${person.name}</button>
</form>
<form method="post" action="${action}"><button class="plain" name="cancel" value="yes">Cancel</button></form>`,
  };
}

function renderChoice({ id, name, email, secondFactor }: Person) {
  const details = [email, secondFactor && "with a second factor"].filter(Boolean).join(", ");
  return html`<button name="person" value="${id}"><b>${name}</b>${details && html` <span class="quiet">${details}</span>`}</button>\n`;
}

function renderProblem(problem: string | undefined) {
  return problem ? html`<p class="alert" role="alert">${problem}</p>\n` : "";
}
