import type { Candidate, Sample } from './sample.ts';

/** What the runs of a candidate took, one a round. */
export interface Measured {
  readonly name: string;
  /** Operations per second, one figure a round, in their order. */
  readonly rates: readonly number[];
  /** Of each operation by itself, in milliseconds, over all rounds. */
  readonly latencies: readonly number[];
}

export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/**
 * Runs the candidates in turn, round by round, after a first one that does not count: a slow spell of
 * the machine hits them all.
 */
export async function measureInTurn(
  candidates: readonly Candidate[],
  rounds: number,
): Promise<readonly Measured[]> {
  const samples = candidates.map((): Sample[] => []);
  for (const { run } of candidates) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [i, { run }] of candidates.entries()) samples[i]?.push(await run());
  }
  return candidates.map(({ name }, i) => ({
    name,
    rates: (samples[i] ?? []).map(({ operations, ms }) => (operations / ms) * 1000),
    latencies: (samples[i] ?? []).flatMap(({ latencies }) => latencies),
  }));
}

/**
 * How many times the rate of `floor`, round by round: what ran one after the other met the same
 * machine, so this says more than a ratio of two medians.
 */
export function ratioOf(measured: Measured, floor: Measured): Ratio {
  const ratios = measured.rates.map((rate, round) => rate / (floor.rates[round] ?? Number.NaN));
  return {
    median: percentile(ratios, 0.5),
    least: Math.min(...ratios),
    greatest: Math.max(...ratios),
  };
}

/** @returns NaN of no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
