import { join } from 'node:path';
import { PERSON, PROGRAM } from '@baton/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { openCassette, recordedPrincipal } from './cassette.ts';
import { recordingRole } from './recording-role.ts';
import { replayingRole } from './replaying-role.ts';

const QWEN = { models: ['local:qwen'], modelFamilies: ['qwen'] };
const GPT = { models: ['openai:gpt'], modelFamilies: ['gpt'] };
const role = 'code_writer';
const of = (...all: (Parameters<typeof recordedPrincipal>[1][number]['principal'] | undefined)[]) =>
  recordedPrincipal(role, [
    { role: 'other', principal: undefined },
    ...all.map((principal) => ({ role, principal })),
  ]);

it('combines the principals that the entries name', () => {
  expect(of()).toBeUndefined();
  expect(of(QWEN, QWEN)).toEqual(QWEN);
  expect(of(QWEN, GPT, PERSON)).toEqual({
    models: ['local:qwen', 'openai:gpt'],
    modelFamilies: ['qwen', 'gpt'],
  });
  expect(of(PERSON, PROGRAM)).toEqual(PERSON);
  expect(of(PERSON, QWEN)).toEqual(QWEN);
  expect(of({ ...QWEN, worker: 'eve' })).toEqual({ ...QWEN, worker: 'eve' });
});

it('declares nothing where an entry declares nothing', () => {
  expect(of(QWEN, undefined)).toBeUndefined();
  expect(of(QWEN, { models: ['local:llama'], modelFamilies: [] })?.modelFamilies).toEqual([]);
  expect(of({ ...QWEN, worker: 'eve' }, QWEN)).not.toHaveProperty('worker');
});

it('comes from the roles that were recorded, and performs the replay', async () => {
  const principal = { ...QWEN, worker: 'eve' };
  const cassette = openCassette(join(temporaryFolder(), 'cassette.json'));
  const answering = { ...roleOf(role, () => ({ kind: 'fail', reason: 'x' })), principal };
  await recordingRole(answering, cassette).perform(assignmentOf(), contextOf());
  const again = openCassette(cassette.path);
  const recorded = recordedPrincipal(role, await again.entries());
  expect(recorded).toEqual(principal);
  expect(replayingRole(role, again, { principal: recorded })).toMatchObject({ principal });
});
