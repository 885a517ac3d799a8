import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { BatonError } from '@baton/core';
import { expect, it } from 'vitest';
import { createTerminal } from './terminal.ts';
import { createWorkerLines } from './worker-view.ts';

it('names the workflow that is in trouble, however long the message is', async () => {
  const stdout = new PassThrough();
  const view = createWorkerLines(
    createTerminal({ stdout, stderr: new PassThrough(), json: false }),
  );
  view.troubled(new BatonError('unavailable', `the git remote is away ${'x'.repeat(400)}`), 'wf_1');
  stdout.end();
  expect(await text(stdout)).toContain('! wf_1: the git remote is away');
});
