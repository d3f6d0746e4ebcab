import type { IncomingMessage } from "node:http";
import type Provider from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";
import { originOf, sendPage } from "./pages/send-page.ts";
import {
  type PickerRequest,
  renderPicker,
  renderSecondFactor,
  SECOND_FACTOR_CODE,
} from "./pages/sign-in-pages.ts";
import { renderProblem } from "./pages/sign-out-pages.ts";
import type { People, Person } from "./people.ts";
import { wantsSecondFactor } from "./provider-policy.ts";

/** Most bytes of a form. */
const MOST_BYTES = 4096;

type Context = Pick<KoaContextWithOIDC, "req" | "res" | "method" | "path" | "status" | "set" | "body">;

/**
 * Answers the page on which a person is chosen, and its forms.
 *
 * @param onProblem called with a sentence about a broken file of people
 */
export async function interact(
  provider: Provider,
  people: People,
  ctx: Context,
  onProblem: (sentence: string) => void,
): Promise<void> {
  const details = await findInteraction(provider, ctx);
  if (!details) return;
  const { prompt, params, session } = details;
  // Every requested scope is granted already, so a requested consent has nothing to ask for.
  if (prompt.name === "consent") return provider.interactionFinished(ctx.req, ctx.res, { consent: {} });
  const form = ctx.method === "POST" ? await readForm(ctx.req) : new URLSearchParams();
  if (form.has("cancel")) return finishCancelled(provider, ctx);
  let known: readonly Person[];
  try {
    known = await people.read();
  } catch (error) {
    const { message } = error as Error;
    onProblem(message);
    return sendPage(ctx, renderProblem(`${message}.`, ["Correct it, then reload this page."]), 500);
  }
  const person = known.find(({ id }) => id === form.get("person"));
  const request: PickerRequest = {
    action: ctx.path,
    target: originOf(params.redirect_uri),
    people: known,
    file: people.file,
    present: known.find(({ id }) => id === session?.accountId),
    wantsSecondFactor: wantsSecondFactor(params.acr_values),
  };
  if (!person) return sendPage(ctx, renderPicker(request));
  const code = form.get("digits");
  if (person.secondFactor && code?.trim() !== SECOND_FACTOR_CODE) {
    const problem =
      code === null ? {} : { problem: `That code is wrong. The code is ${SECOND_FACTOR_CODE}.` };
    return sendPage(ctx, renderSecondFactor({ ...request, ...problem }, person));
  }
  return finishSignIn(provider, ctx, person);
}

/** Returns the sign-in that a request belongs to, or answers with a page if there is none. */
async function findInteraction(provider: Provider, ctx: Context) {
  try {
    return await provider.interactionDetails(ctx.req, ctx.res);
  } catch {
    const advice = "Go back to the application and sign in again.";
    sendPage(
      ctx,
      renderProblem("This sign-in is complete, has expired, or began in another browser.", [advice]),
      400,
    );
    return undefined;
  }
}

function finishSignIn(provider: Provider, ctx: Context, { id, secondFactor }: Person): Promise<void> {
  const login = secondFactor
    ? { accountId: id, acr: "mfa", amr: ["pwd", "otp"] }
    : { accountId: id, acr: "pwd", amr: ["pwd"] };
  return provider.interactionFinished(ctx.req, ctx.res, { login, select_account: {} });
}

function finishCancelled(provider: Provider, ctx: Context): Promise<void> {
  const result = { error: "access_denied", error_description: "the person cancelled the sign-in" };
  return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
}

/** Returns the fields of a form. A larger body than ours counts as empty. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let body = "";
  for await (const chunk of request.setEncoding("latin1")) if (body.length <= MOST_BYTES) body += chunk;
  return new URLSearchParams(body.length > MOST_BYTES ? "" : body);
}
