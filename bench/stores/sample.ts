/** What one run of a candidate took. */
export interface Sample {
  readonly operations: number;
  /** From the first to the last. */
  readonly ms: number;
  /** Of each operation by itself, in milliseconds. */
  readonly latencies: readonly number[];
}

/** A step of a job: what it does, and how many operations that is. */
export interface Step {
  readonly operations: number;
  run(): Promise<unknown>;
}

/** The steps of a job come one after another; `atOnce` jobs are under way at a time. */
export async function timedJobs(
  jobs: readonly (readonly Step[])[],
  atOnce: number,
): Promise<Sample> {
  const latencies: number[] = [];
  const waiting = [...jobs];
  let operations = 0;
  async function work(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      for (const step of job) {
        const startedAt = performance.now();
        await step.run();
        latencies.push(performance.now() - startedAt);
        operations += step.operations;
      }
    }
  }
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  return { operations, ms: performance.now() - startedAt, latencies };
}

export interface SampledCandidate {
  readonly name: string;
  run(): Promise<Sample>;
}

export interface Sampled {
  readonly name: string;
  /** Operations per second, one figure a round, ascending. */
  readonly rates: readonly number[];
  readonly median: number;
  /** Milliseconds, over all rounds. */
  readonly p50: number;
  readonly p99: number;
}

/** Runs the candidates in turn, round by round, so that a slow spell of the machine hits them all. */
export async function sampledInTurn(
  candidates: readonly SampledCandidate[],
  rounds: number,
): Promise<ReadonlyMap<string, Sampled>> {
  const samples = new Map<string, Sample[]>(candidates.map(({ name }) => [name, []]));
  for (const { run } of candidates) await run();
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of candidates) samples.get(name)?.push(await run());
  }
  return new Map([...samples].map(([name, found]) => [name, sumUp(name, found)]));
}

function sumUp(name: string, samples: readonly Sample[]): Sampled {
  const rates = samples.map(({ operations, ms }) => (operations / ms) * 1000).sort(ascending);
  const latencies = samples.flatMap((sample) => sample.latencies).sort(ascending);
  const at = (values: readonly number[], share: number): number =>
    values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
  return {
    name,
    rates,
    median: at(rates, 0.5),
    p50: at(latencies, 0.5),
    p99: at(latencies, 0.99),
  };
}

const ascending = (a: number, b: number): number => a - b;
