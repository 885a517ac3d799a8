import { join } from 'node:path';
import type { Outcome, RoleContext } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { type Cassette, openCassette } from './cassette.ts';
import { recordingRole } from './recording-role.ts';
import { replayingRole } from './replaying-role.ts';

const ROLE = 'code_writer';
const advance: Outcome = { kind: 'advance', result: { summary: 'done' } };

describe('a divergence', () => {
  const withRequest = (request: string, more: Record<string, string> = {}) =>
    assignmentOf({ requirements: { request, ...more } });

  async function recorded(...requests: string[]): Promise<Cassette> {
    const cassette = openCassette(join(temporaryFolder(), 'cassette.json'));
    const role = recordingRole(
      roleOf(ROLE, () => advance),
      cassette,
    );
    for (const request of requests) {
      await role.perform(withRequest(request, { colour: request }), contextOf());
    }
    return openCassette(cassette.path);
  }

  const ask = (
    cassette: Cassette,
    assignment = assignmentOf(),
    context: RoleContext = contextOf(),
  ) => failure(replayingRole(assignment.role, cassette).perform(assignment, context));

  it('is refused for good with the first difference from the nearest entry', async () => {
    const cassette = await recorded('dark mode', 'light mode');
    const error = await ask(cassette, withRequest('dim mode', { colour: 'light mode' }));
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect(error.message).toContain(`role 'code_writer' in state 'implementation'`);
    expect(error.message).toContain(
      'differs in 1 place, first in requirements.request: recorded "light mode", found "dim mode"',
    );
    expect(error.metadata['path']).toBe('requirements.request');
  });

  it('names what only one side has, and changed files', async () => {
    const cassette = await recorded('dark mode');
    const missing = await ask(cassette, withRequest('dark mode'));
    expect(missing.message).toContain('requirements.colour: recorded "dark mode", found nothing');
    const files = await ask(
      cassette,
      withRequest('dark mode', { colour: 'dark mode' }),
      contextOf(folderWorkspace({ a: '1' })),
    );
    expect(files.message).toMatch(/first in workspace: recorded null, found "[0-9a-f]{64}"/);
  });

  it('says what is on the cassette when nothing is there for role and state', async () => {
    const cassette = await recorded('dark mode');
    const error = await ask(cassette, assignmentOf({ role: 'test_auditor', state: 'testing' }));
    expect(error.message).toContain('it has: code_writer in implementation');
    expect(error.legal).toEqual(['code_writer in implementation']);
  });

  it('shortens long values', async () => {
    const cassette = await recorded('x'.repeat(5000));
    expect((await ask(cassette)).message.length).toBeLessThan(1500);
  });
});
