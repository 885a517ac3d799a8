import { describe, expect, it } from 'vitest';
import { createScriptedRole } from '../testing/scripted-role.ts';
import { createRunner } from './runner.ts';
import type { RunnerOptions } from './runner-options.ts';
import { setUp } from './testing/team.ts';

describe('the options of a runner', () => {
  it.each<[string, Partial<RunnerOptions>]>([
    ['concurrency', { concurrency: 0 }],
    ['leaseMs', { leaseMs: 10 }],
    ['leaseMs', { leaseMs: 1700.5 }],
    ['backoff.initialMs', { backoff: { initialMs: -1 } }],
  ])('are refused when it could not work by them: %s', async (field, options) => {
    const { baton } = await setUp([]);
    const create = () => createRunner({ source: baton, roles: [], ...options });
    expect(create).toThrow(
      expect.objectContaining({ violations: [expect.objectContaining({ field })] }),
    );
  });

  it('name each role once', async () => {
    const { baton } = await setUp([]);
    const twice = ['q_assistant', 'q_assistant'].map((role) =>
      createScriptedRole(role, { kind: 'fail', reason: 'x' }),
    );
    expect(() => createRunner({ source: baton, roles: twice })).toThrow("role 'q_assistant'");
  });
});
