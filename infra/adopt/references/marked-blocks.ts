import { AdoptionError } from "../adoption-error.ts";
import { PARTS, type Part } from "../parts.ts";

const NAMES = Object.keys(PARTS) as readonly Part[];

/**
 * Resolves the blocks that mark sentences and steps as true only while a part is present. A block begins with
 * the comment `<!-- demo -->`, a line `# demo` in YAML and shell scripts or `// demo` in TypeScript, and ends
 * with the same comment and a slash before the name.
 *
 * @returns the text without the blocks of removed parts, and, unless the workshop stays, without the comments
 * around all
 *   others
 * @throws AdoptionError for a block that does not end
 */
export function resolveBlocks(path: string, text: string, removed: ReadonlySet<Part>): string {
  const kept = removed.has("workshop") ? "$1" : "$&";
  const resolved = NAMES.reduce((before, name) => {
    const replacement = removed.has(name) ? "" : kept;
    const lines = new RegExp(`${line(name)}((?:.*\\n)*?)${line(`/${name}`)}`, "gm");
    const inline = new RegExp(`<!-- ${name} -->(.*?)<!-- /${name} -->`, "gs");
    return before.replace(lines, replacement).replace(inline, replacement);
  }, text);
  if (!removed.has("workshop")) return resolved;
  const [stray] =
    resolved.match(new RegExp(`(?:<!--|^ *(?:#|//)) /?(?:${NAMES.join("|")})(?: -->|$)`, "m")) ?? [];
  if (stray !== undefined)
    throw new AdoptionError(`${path} has ${stray.trim()} without its other end. Add it.`);
  return resolved === text ? text : resolved.replace(/\n{3,}/g, "\n\n");
}

/** Returns a pattern for a line that is one comment. */
function line(comment: string): string {
  return `^ *(?:<!-- ${comment} -->|(?:#|//) ${comment})\\n`;
}
