import { BatonError, type DeclaredPrincipal, PERSON, PROGRAM } from '@baton/core';
import { expect, it } from 'vitest';
import { type Performers, refuseInseparable } from './refuse-inseparable.ts';
import { ROLE_OF } from './role-of.ts';

const QWEN = { models: ['local:qwen'], modelFamilies: ['qwen'] };
const COMMAND = { command: ['x'] };

/** What is wrong with who writes and who verifies; undefined: nothing. */
function problem(
  by: 'worker' | 'model' | 'model_family',
  [writer, verifier]: readonly (DeclaredPrincipal | undefined)[],
  more: Partial<Performers> = {},
): string | undefined {
  const roleOf = (role: string, principal: DeclaredPrincipal | undefined) => ({
    role,
    ...(principal !== undefined && { principal }),
    perform: () => Promise.reject(new Error('is not asked')),
  });
  const performers = {
    roles: [roleOf('code_writer', writer), roleOf('verification_overseer', verifier)],
    entries: { code_writer: COMMAND, verification_overseer: { module: 'y' } },
    replayed: false,
    roleOf: (phase: string) => ROLE_OF[phase as keyof typeof ROLE_OF],
    ...more,
  };
  try {
    refuseInseparable([{ phase: 'verification', from: 'implementation', by }], performers);
    return undefined;
  } catch (reason) {
    const { code, message } = BatonError.from(reason);
    expect(code).toBe('invalid_input');
    return message;
  }
}

it.each([
  ['model', [QWEN, { ...QWEN, models: ['local:small'] }]],
  ['model_family', [QWEN, PERSON]],
  ['model_family', [PROGRAM, QWEN]],
  ['worker', [QWEN, { ...QWEN, worker: 'grace' }]],
] as const)('separates by %s those who differ', (by, both) => {
  expect(problem(by, both)).toBeUndefined();
});

it.each([
  ['model', [QWEN, { ...QWEN, models: ['Local:Qwen'] }], "model 'Qwen' performs"],
  ['model_family', [QWEN, QWEN], 'change roles.code_writer or roles.verification_overseer'],
  [
    'model',
    [undefined, QWEN],
    'roles.code_writer declares no model; set roles.code_writer.principal.models, or roles.code_writer.principal.kind',
  ],
  [
    'model_family',
    [QWEN, { ...QWEN, modelFamilies: [] }],
    'set roles.verification_overseer.principal.families',
  ],
  [
    'model',
    [undefined, undefined],
    'roles.code_writer declares no model; set roles.code_writer.principal.models, or roles.code_writer.principal.kind where no model takes part, and roles.verification_overseer declares',
  ],
  [
    'worker',
    [QWEN, PERSON],
    "the run's own process performs 'implementation' and 'verification'; expected others: set roles.code_writer.principal.worker or roles.verification_overseer.principal.worker",
  ],
  [
    'worker',
    [
      { ...QWEN, worker: 'eve' },
      { ...PERSON, worker: 'eve' },
    ],
    "worker 'eve' performs",
  ],
] as const)('by %s refuses those who are the same or say nothing (%#)', (by, both, words) => {
  expect(problem(by, both)).toContain(words);
});

it('says of a cassette that it has to be recorded again', () => {
  const advice = 'the cassette names no model for roles.code_writer; record it again';
  expect(problem('model', [undefined, QWEN], { replayed: true })).toContain(advice);
  const entries = { code_writer: { cassette: 'a.json' } };
  expect(problem('model', [undefined, QWEN], { entries })).toContain(advice);
});

it('leaves roles to others that are not performed here', () => {
  expect(problem('model', [undefined, QWEN], { roleOf: () => 'editor' })).toBeUndefined();
});

it('has another way where no worker can be named', () => {
  const entries = { code_writer: { model: 'a' }, verification_overseer: { human: true as const } };
  expect(problem('worker', [QWEN, PERSON], { entries })).toContain('by model or model_family');
});
