import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import type { Confined } from './sandbox.ts';
import { watchLimits } from './watch-limits.ts';

const CONFINED: Confined = {
  processes: () => [],
  isUp: () => true,
  leftRunning: () => [],
  refusedHosts: () => [],
  overhead: { memoryBytes: 0, processes: 0 },
};

function watched(outputBytes: number) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const limits = { memoryBytes: Infinity, processes: Infinity, outputBytes };
  const watch = watchLimits(CONFINED, limits, { stdout, stderr });
  onTestFinished(() => watch.stop(false));
  const arrive = (stream: PassThrough, text: string) =>
    new Promise((resolve) => {
      stream.once('data', resolve);
      stream.write(text);
    });
  return { watch, stdout, stderr, arrive };
}

test('too much output is noticed as it arrives, before anything that the command does next', async () => {
  const { watch, stdout, stderr, arrive } = watched(10);
  await arrive(stdout, '123456');
  expect(watch.excess()).toBeUndefined();
  await arrive(stderr, '7890');
  expect(watch.excess()).toBeUndefined();
  await arrive(stderr, '1');
  expect(watch.excess()).toContain('of output');
  await watch.exceeded;
});

test('output that is read after the command has ended counts, unless Baton ended it', async () => {
  const [ended, endedByBaton] = [watched(10), watched(10)];
  ended.watch.stop(true);
  endedByBaton.watch.stop(false);
  for (const { arrive, stdout } of [ended, endedByBaton]) await arrive(stdout, '12345678901');
  expect(ended.watch.excess()).toContain('of output');
  expect(endedByBaton.watch.excess()).toBeUndefined();
});
