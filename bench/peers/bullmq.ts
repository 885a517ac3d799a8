import { Queue, Worker } from 'bullmq';
import { REQUIREMENTS } from '../path.ts';
import { OUTPUTS, type Peer } from '../peer-candidate.ts';

/** What a step is told: which build it is of, and what the step before it has left. */
interface Handover {
  readonly build: string;
  readonly step: number;
  readonly input: unknown;
}

const jobId = (build: string, step: number): string => `${build}-${step}`;

/**
 * A job for each step; each adds the next one before it ends. One worker performs `atOnce` jobs at a time: two
 * workers with half of them each, or one with twice as many, are no faster.
 */
export async function openBullMq(port: number, atOnce: number): Promise<Peer> {
  const connection = { port, maxRetriesPerRequest: null };
  const queue = new Queue<Handover>('build', { connection });
  const completed = new Map<string, () => void>();
  // The same id again adds nothing: a step that is performed twice has one successor.
  const add = (handover: Handover) =>
    queue.add('step', handover, { jobId: jobId(handover.build, handover.step) });
  const worker = new Worker<Handover>(
    'build',
    async ({ data: { build, step } }) => {
      const output = OUTPUTS[step]?.output;
      if (step + 1 < OUTPUTS.length) await add({ build, step: step + 1, input: output });
      return output;
    },
    { connection, concurrency: atOnce },
  );
  worker.on('completed', ({ data: { build, step } }) => {
    if (step + 1 === OUTPUTS.length) completed.get(build)?.();
  });
  await worker.waitUntilReady();
  let builds = 0;
  return {
    async build() {
      const build = `build-${builds++}`;
      const over = new Promise<void>((resolve) => completed.set(build, resolve));
      await add({ build, step: 0, input: REQUIREMENTS });
      await over;
      return build;
    },
    async stored(build) {
      const jobs = OUTPUTS.map((_, step) => queue.getJob(jobId(build, step)));
      return (await Promise.all(jobs)).map((job) => job?.returnvalue);
    },
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}
