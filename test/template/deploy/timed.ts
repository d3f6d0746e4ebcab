/** Runs a function and prints how many seconds it took. */
export async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const result = await work();
  console.log(`-- ${what}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
  return result;
}
