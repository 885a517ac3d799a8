import { STEPS } from './path.ts';

/** What one run of a candidate took. */
export interface Sample {
  readonly operations: number;
  /** From the first to the last. */
  readonly ms: number;
  /** Of each operation by itself, in milliseconds; of none where they are not waited for one by one. */
  readonly latencies: readonly number[];
}

/** One thing that is measured. */
export interface Candidate {
  readonly name: string;
  run(): Promise<Sample>;
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

/** Whole builds, `atOnce` of them under way at a time; operations are their steps. */
export async function timedBuilds(
  builds: number,
  atOnce: number,
  build: () => Promise<unknown>,
): Promise<Sample> {
  const latencies: number[] = [];
  let left = builds;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) {
        const begun = performance.now();
        await build();
        latencies.push((performance.now() - begun) / STEPS);
      }
    }),
  );
  return { operations: builds * STEPS, ms: performance.now() - startedAt, latencies };
}

/** Times `work`, which makes `operations` and waits for none. */
export function timedWork(operations: number, work: () => void): Sample {
  const startedAt = performance.now();
  work();
  return { operations, ms: performance.now() - startedAt, latencies: [] };
}
