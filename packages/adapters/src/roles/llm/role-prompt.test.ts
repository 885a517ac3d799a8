import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createLlmRole } from './llm-role.ts';
import type { RolePrompt } from './role-prompt.ts';
import { DONE, performRole } from './testing/perform-role.ts';

async function prompted(rolePrompt: RolePrompt) {
  const { outcome, server, context } = await performRole({
    options: { rolePrompt },
    script: [{ calls: [DONE] }],
  });
  await outcome;
  const system = JSON.stringify(server.requests[0]?.body['system']);
  return { system, noted: context.noted };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a prompt of the user’s own', () => {
  it('that is appended comes after what the role is told', async () => {
    const { system, noted } = await prompted({ append: 'Write British English.' });
    expect(system).toContain('You write the code.');
    expect(system).toContain('Prefer `edit` over `write`');
    expect(system.indexOf('Write British English.')).toBeGreaterThan(system.indexOf('Prefer'));
    expect(noted).toEqual([
      {
        code: 'prompt_configured',
        message: `role 'code_writer' works with text appended to its prompt: 22 characters, sha256 ${digest('Write British English.')}`,
      },
    ]);
  });

  it('that replaces it leaves how a role ends, and what is data', async () => {
    const { system, noted } = await prompted({ replace: 'You are a COBOL programmer.' });
    expect(system).toContain('You are a COBOL programmer.');
    expect(system).not.toContain('You write the code.');
    expect(system).not.toContain('Prefer `edit` over `write`');
    expect(system).toContain('# How you end');
    expect(system).toContain('# What is data');
    expect(noted[0]?.message).toContain(`in place of its prompt: 27 characters, sha256 `);
  });

  it.each<[RolePrompt, string]>([
    [{ append: ' \n' }, 'its prompt is empty, expected text'],
    [{ replace: 'x'.repeat(65_537) }, 'its prompt has 65537 characters, expected at most 65536'],
  ])('that cannot work is refused when the role is made', (rolePrompt, message) => {
    const models = [{ provider: 'openai', model: 'm', apiKey: 'k' } as const];
    expect(() => createLlmRole({ role: 'x', models, rolePrompt })).toThrow(message);
  });
});

it('what the work has to pass later is told with the assignment', async () => {
  const { outcome, server } = await performRole({
    options: { expectations: ['- testing, gate coverage: Line coverage is at least 80 %'] },
    script: [{ calls: [DONE] }],
  });
  await outcome;
  expect(JSON.stringify(server.requests[0]?.body['messages'])).toContain(
    'What the work has to pass after you; it comes back where it does not:\\n- testing, gate coverage: Line coverage is at least 80 %\\n',
  );
});
