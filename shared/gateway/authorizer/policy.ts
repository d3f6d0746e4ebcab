/** Statement of a policy that an authorizer returns. */
interface Statement {
  readonly Action?: unknown;
  readonly Effect?: unknown;
  readonly Resource?: unknown;
}

const ACTION = "execute-api:Invoke";

/**
 * Returns whether a policy allows a request: a statement allows it and none denies it.
 *
 * @param arn of the request: its API, stage, method and path
 * @throws TypeError for a policy with elements that this machine does not evaluate, such as a condition
 */
export function allowsRequest({ Statement }: { readonly Statement?: unknown }, arn: string): boolean {
  const statements = [Statement ?? []].flat() as Statement[];
  const effects = statements.filter((one) => applies(one, arn)).map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

function applies({ Action, Effect, Resource, ...others }: Statement, arn: string): boolean {
  const [other] = Object.keys(others).filter((name) => name !== "Sid");
  if (other !== undefined)
    throw new TypeError(`the policy has ${other}, which this machine does not evaluate`);
  return matches(Action, ACTION) && matches(Resource, arn);
}

/** Returns whether one of the patterns matches. `*` stands for any characters, `?` for one. */
function matches(patterns: unknown, text: string): boolean {
  return [patterns ?? []].flat().some((pattern) => {
    const source = String(pattern)
      .replace(/[^\w\s]/g, "\\$&")
      .replaceAll("\\*", ".*")
      .replaceAll("\\?", ".");
    return new RegExp(`^${source}$`, "s").test(text);
  });
}
