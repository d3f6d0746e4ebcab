/**
 * The known name that a mistaken one most likely means: the first that contains it, else the one that is
 * fewest letters away (Levenshtein's distance). Neither regards case, hyphens and underscores.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const containing = known.find((candidate) => plain(candidate).includes(plain(name)));
  const distances = known.map((candidate) => distance(plain(name), plain(candidate)));
  return containing ?? known[distances.indexOf(Math.min(...distances))];
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) row = nextRow(row, index + 1, letter, to);
  return row.at(-1) ?? 0;
}

function nextRow(above: readonly number[], first: number, letter: string, to: string): number[] {
  const row = [first];
  for (let column = 1; column <= to.length; column++) {
    const replaced = (above[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
    row.push(Math.min(replaced, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1));
  }
  return row;
}
