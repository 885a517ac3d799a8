import { handOverOutput } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { createHandOverManager } from './hand-over-manager.ts';

const ROLE = 'release_manager';
const assignment = assignmentOf({ state: 'deployment', role: ROLE });

const judged = (workspaceDigest: string) => ({
  purpose: 'test',
  argv: ['npm', 'test'],
  exitCode: 0,
  startedAt: 0,
  durationMs: 1,
  outputDigest: 'x',
  workspaceDigest,
});

describe('a release manager that hands over', () => {
  it('advances with the digest of the workspace, and runs nothing', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const context = contextOf(workspace);
    const workspaceDigest = await workspace.digest();
    const inputs = { testing: { evidence: [judged(workspaceDigest)] } };
    const outcome = await createHandOverManager().perform({ ...assignment, inputs }, context);
    expect(outcome).toEqual({ kind: 'advance', result: { handedOver: true, workspaceDigest } });
    expect(handOverOutput.safeParse(outcome.kind === 'advance' && outcome.result).success).toBe(
      true,
    );
    expect(context.ran).toEqual([]);
  });

  it('names no digest without a workspace', async () => {
    const outcome = await createHandOverManager({ author: undefined }).perform(
      assignment,
      contextOf(),
    );
    expect(outcome).toEqual({ kind: 'advance', result: { handedOver: true } });
  });

  it('hands nothing over that was judged on other files', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const inputs = { testing: { evidence: [judged(await workspace.digest())] } };
    workspace.write('a.ts', 'y');
    const stale = { ...assignment, inputs };
    const error = await failure(createHandOverManager().perform(stale, contextOf(workspace)));
    expect(error).toMatchObject({
      code: 'gate_not_passed',
      message: expect.stringMatching(/stale/),
    });
  });

  it('notes once what was changed outside of the sources', async () => {
    const workspace = folderWorkspace({ 'src/a.ts': 'x' });
    workspace.write('test/a.test.ts', 'y');
    const context = contextOf(workspace);
    await createHandOverManager({ sources: ['src/'] }).perform(assignment, context);
    expect(context.noted).toMatchObject([
      { code: 'changed_outside_sources', message: expect.stringContaining('test/a.test.ts') },
    ]);
  });

  it('shows its author what is handed over, and keeps the words', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'x' });
    const workspaceDigest = await workspace.digest();
    const claimed = { handedOver: true, workspaceDigest: 'another', remarks: 'mind the cache' };
    const author = roleOf(ROLE, () => ({ kind: 'advance', result: claimed }));
    const context = contextOf(workspace);
    const outcome = await createHandOverManager({ author }).perform(assignment, context);
    expect(author.asked[0]?.inputs['measured']).toEqual({ handedOver: true, workspaceDigest });
    expect(outcome).toMatchObject({ result: { ...claimed, workspaceDigest } });
    expect(context.noted).toMatchObject([{ code: 'claim_replaced' }]);
  });

  it.each([
    ['no', false],
    ['something else than yes', 'perhaps'],
  ])('sends the work back when its author says %s', async (_, handedOver) => {
    const author = roleOf(ROLE, () => ({ kind: 'advance', result: { handedOver } }));
    const outcome = await createHandOverManager({ author }).perform(assignment, contextOf());
    const reason = `the author says no: handedOver is ${JSON.stringify(handedOver)}`;
    expect(outcome).toMatchObject({ kind: 'request_retry', reason });
  });

  it('answers what its author answers instead of agreeing', async () => {
    const no = { kind: 'request_retry', reason: 'the request is not met' } as const;
    const author = roleOf(ROLE, () => no);
    const manager = createHandOverManager({ author });
    expect(await manager.perform(assignment, contextOf())).toEqual(no);
  });

  it('refuses an author of another role', () => {
    const author = roleOf('code_writer', () => ({ kind: 'fail', reason: 'x' }));
    expect(() => createHandOverManager({ author })).toThrow("has role 'code_writer'");
  });
});
