import { expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { contextOf } from '../testing/perform.ts';
import { faultOf } from './fault-of.ts';

it('tells a person what the sandbox kept from a command that lacks a program', async () => {
  const failure = "'test' failed with exit code 127";
  const run = {
    ...{ name: 'test', exitCode: 127, timedOut: false, failure, ending: failure, ended: failure },
    ...{ changedFiles: false, changed: [], putBack: [], durationMs: 1, details: '', output: '' },
    hindered: {
      found: 'it ran in the sandbox (x): no ~/.nvm',
      advice: '"sandbox": { "read": [] }',
    },
  };
  const context = contextOf(folderWorkspace({ 'a.ts': 'x' }));
  const circumstances = { context, before: undefined, unjudged: true };
  const outcome = await faultOf({ name: 'test', argv: ['x'] }, run, circumstances);
  expect(outcome).toMatchObject({
    kind: 'fail',
    reason: expect.stringMatching(
      /then request a retry; it ran in the sandbox \(x\): no ~\/\.nvm; if it needs that, set "sandbox"/,
    ),
  });
});
