import { AdoptionError } from "./adoption-error.ts";
import { PARTS, type Part } from "./parts.ts";

const NAMES = Object.keys(PARTS) as readonly Part[];

/**
 * Resolves the blocks that mark sentences and steps as true only while a part is present. A block begins with the
 * comment `<!-- demo -->`, or a line `# demo` in YAML and shell scripts, and ends with `<!-- /demo -->` or `# /demo`.
 *
 * @returns the text without the blocks of removed parts, and without the comments around all others
 * @throws AdoptionError for a block that does not end
 */
export function resolveBlocks(path: string, text: string, removed: ReadonlySet<Part>): string {
  const resolved = NAMES.reduce((before, name) => {
    const replacement = removed.has(name) ? "" : "$1";
    const lines = new RegExp(`${line(name)}((?:.*\\n)*?)${line(`/${name}`)}`, "gm");
    const inline = new RegExp(`<!-- ${name} -->(.*?)<!-- /${name} -->`, "gs");
    return before.replace(lines, replacement).replace(inline, replacement);
  }, text);
  const [stray] = resolved.match(new RegExp(`<!-- /?(${NAMES.join("|")}) -->`)) ?? [];
  if (stray !== undefined) throw new AdoptionError(`${path} has ${stray} without its other end. Add it.`);
  return resolved === text ? text : resolved.replace(/\n{3,}/g, "\n\n");
}

/** Returns a pattern for a line that is one comment. */
function line(comment: string): string {
  return `^ *(?:<!-- ${comment} -->|# ${comment})\\n`;
}
