/** One thing that is measured: how many operations it made in how many milliseconds. */
export interface Candidate {
  readonly name: string;
  run(): Promise<{ readonly operations: number; readonly ms: number }>;
}

export interface Measured {
  readonly name: string;
  /** Operations per second, one figure a round, ascending. */
  readonly rates: readonly number[];
  readonly median: number;
}

/** Runs the candidates in turn, round by round, so that a slow spell of the machine hits them all. */
export async function interleaved(
  candidates: readonly Candidate[],
  rounds: number,
): Promise<ReadonlyMap<string, Measured>> {
  const rates = new Map<string, number[]>(candidates.map(({ name }) => [name, []]));
  for (const { run } of candidates) await run();
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of candidates) {
      const { operations, ms } = await run();
      rates.get(name)?.push((operations / ms) * 1000);
    }
  }
  return new Map(
    [...rates].map(([name, found]) => {
      const sorted = found.sort((a, b) => a - b);
      return [name, { name, rates: sorted, median: sorted[Math.floor(rounds / 2)] ?? 0 }];
    }),
  );
}

/** Times `work` once. */
export async function timed(operations: number, work: () => Promise<unknown> | unknown) {
  const startedAt = performance.now();
  await work();
  return { operations, ms: performance.now() - startedAt };
}
