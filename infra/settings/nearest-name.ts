/**
 * Returns the known name that a misspelled one most likely means: the first that contains it, or else the one
 * with the smallest edit distance (Levenshtein). Ignores case, hyphens and underscores.
 */
export function findNearestName(name: string, known: readonly string[]): string | undefined {
  const containing = known.find((candidate) => normalize(candidate).includes(normalize(name)));
  const distances = known.map((candidate) => measureDistance(normalize(name), normalize(candidate)));
  return containing ?? known[distances.indexOf(Math.min(...distances))];
}

function normalize(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

function measureDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) row = computeNextRow(row, index + 1, letter, to);
  return row.at(-1) ?? 0;
}

function computeNextRow(above: readonly number[], first: number, letter: string, to: string): number[] {
  const row = [first];
  for (let column = 1; column <= to.length; column++) {
    const replaced = (above[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
    row.push(Math.min(replaced, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1));
  }
  return row;
}
