import { mkdirSync } from 'node:fs';
import { openStore } from '@baton/adapters/open-store';
import { createOrchestrator } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { baton, createProject, start, TIMEOUT } from './harness.ts';

/** Runs a command and stops reading its output after the first words. */
async function unread(
  args: readonly string[],
  afterwards: () => Promise<unknown> = async () => undefined,
): Promise<number | null> {
  const { process: child, ended } = start(args);
  child.stdout?.once('data', () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
  child.stdout?.once('close', () => void afterwards());
  // The readers of the harness end with an error: nothing is left to read.
  await ended.catch(() => undefined);
  if (child.exitCode === null) await new Promise((done) => child.once('exit', done));
  return child.exitCode;
}

describe.concurrent('output whose reader is gone', TIMEOUT, () => {
  it.each([
    ['for people', []],
    ['as JSON', ['--json']],
  ])('does not end a build that is shown %s', async (_how, json) => {
    const { options, lines } = createProject();
    expect(await unread(['run', 'Build me a greeting', ...options, ...json])).toBe(0);
    expect(lines('deployed.log')).toHaveLength(1);
  });

  it('does not hide that a build has failed', async () => {
    const { options, steer } = createProject();
    steer({ planning: 'fail' });
    expect(await unread(['run', 'x', ...options])).toBe(6);
  });

  it('ends an export', async () => {
    const { repo, kept } = createProject();
    mkdirSync(kept.state, { recursive: true });
    const { store, close } = await openStore(`sqlite:${kept.database}`);
    const { workflowId } = await createOrchestrator({ store }).start({
      projectId: 'greeter',
      buildId: 'b',
      userId: 'ada',
      // More than a pipe holds.
      requirements: { text: 'x'.repeat(1_000_000) },
    });
    await close();
    expect(await unread(['export', workflowId, '--workspace', repo])).toBe(0);
  });

  it('ends what only shows something', async () => {
    const { options, steer, repo } = createProject();
    steer({ discovery: 'fail' });
    const failed = await baton(['run', 'x', ...options]);
    const [, id = ''] = /baton request-retry (\S+)/.exec(failed.stdout) ?? [];
    const where = ['--workspace', repo];
    // It would follow the build for good; now there is more to say.
    const more = () => baton(['request-retry', id, '--reason', 'again', ...where]);
    const rollback = () =>
      baton(['rollback', id, '--to', 'discovery', '--reason', 'again', ...where]);
    const code = await unread(['watch', id, ...where], async () => {
      await more();
      await rollback();
    });
    expect(code).toBe(0);
  });
});
