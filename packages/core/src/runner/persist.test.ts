import { describe, expect, it } from 'vitest';
import { BatonError } from '../model/errors.ts';
import type { Checkpoint } from '../model/workflow.ts';
import type { PublishedBy, Workspace } from '../ports/workspace.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { emptyWorkspace } from './testing/empty-workspace.ts';
import { advance, aTeam, eventsOf, reaches, setUp, typesOf } from './testing/team.ts';

type Publish = (checkpoint: Checkpoint, by: PublishedBy) => Promise<void>;

function workspacesWith(publish: Publish) {
  let commits = 0;
  const workspace: Workspace = {
    ...emptyWorkspace(),
    checkpoint: async () => {
      commits += 1;
      return { commit: `commit-${commits}`, digest: 'tree' };
    },
    publish,
  };
  return { open: async () => workspace };
}

const away = () => new BatonError('unavailable', 'the remote is away');
const assistant = () => aTeam().slice(0, 1);

describe('a checkpoint that others have to find', () => {
  it('is published by its attempt before the outcome is reported', async () => {
    const published: string[] = [];
    const workspaces = workspacesWith(async ({ commit }, { epoch, attempt }) => {
      const { state } = await baton.status({ workflowId });
      published.push(`${commit} in ${state}, epoch ${epoch}, attempt ${attempt}`);
    });
    const { baton, runner } = await setUp(assistant(), { workspaces });
    const { workflowId } = await baton.start(aBuild());
    void runner.run();
    await reaches(baton, workflowId, 'handoff_to_coder');
    expect(published).toEqual([
      'commit-1 in discovery, epoch 1, attempt 1',
      'commit-2 in planning, epoch 1, attempt 1',
    ]);
  });

  it('is waited for while the place is away, with the claim held, and nothing reported', async () => {
    let isAway = true;
    let tries = 0;
    const workspaces = workspacesWith(async () => {
      tries += 1;
      if (isAway) throw away();
    });
    let renewals = 0;
    const { baton, runner, reports } = await setUp(assistant(), {
      workspaces,
      leaseMs: 1000,
      backoff: { initialMs: 500, maxMs: 500 },
    });
    const renewClaims = baton.renewClaims.bind(baton);
    baton.renewClaims = (request) => {
      renewals += 1;
      return renewClaims(request);
    };
    const { workflowId } = await baton.start(aBuild());
    void runner.run();
    await expect.poll(() => tries > 2 && renewals > 2).toBe(true);
    expect((await baton.status({ workflowId })).state).toBe('discovery');
    expect(reports.some(({ kind }) => kind === 'outcome')).toBe(false);
    // Once, however often it is tried.
    expect(reports.filter(({ kind }) => kind === 'trouble')).toEqual([
      expect.objectContaining({ error: expect.objectContaining(away()) }),
    ]);
    isAway = false;
    await reaches(baton, workflowId, 'handoff_to_coder');
    expect(await typesOf(baton, workflowId)).not.toContain('attempt_failed');
  });

  it('makes the attempt fail, to be made again, when the place stays away', async () => {
    let tries = 0;
    const workspaces = workspacesWith(async () => {
      tries += 1;
      if (tries <= 10) throw away();
    });
    const { baton, runner } = await setUp(
      aTeam({
        q_assistant: [advance('discovery'), advance('discovery'), advance('planning')],
      }).slice(0, 1),
      { workspaces },
    );
    const { workflowId } = await baton.start(aBuild());
    void runner.run();
    await reaches(baton, workflowId, 'handoff_to_coder');
    const failed = (await eventsOf(baton, workflowId)).filter(
      ({ type }) => type === 'attempt_failed',
    );
    expect(failed.map(({ data }) => data)).toEqual([
      expect.objectContaining({ code: 'unavailable', message: 'the remote is away' }),
    ]);
  });

  it('is not tried again when that cannot help', async () => {
    let tries = 0;
    const workspaces = workspacesWith(async () => {
      tries += 1;
      throw new BatonError('invalid_input', 'files of Git LFS do not travel');
    });
    const { baton, runner } = await setUp(assistant(), { workspaces });
    const { workflowId } = await baton.start(aBuild());
    void runner.run();
    await reaches(baton, workflowId, 'error');
    expect(tries).toBe(1);
  });

  it('is given up with the claim', async () => {
    let signal: AbortSignal | undefined;
    const workspaces = workspacesWith((_, by) => {
      signal = by.signal;
      return new Promise(() => undefined);
    });
    const { baton, runner } = await setUp(assistant(), { workspaces });
    const { workflowId } = await baton.start(aBuild());
    void runner.run();
    await expect.poll(() => signal).toBeDefined();
    await baton.rollback({
      workflowId,
      targetState: 'discovery',
      reason: 'again',
      by: 'ada',
      requestId: 'r1',
    });
    await expect.poll(() => signal?.aborted).toBe(true);
    await runner.stop(0);
  });

  it('is waited for by the next worker, too', async () => {
    let opened = 0;
    const workspaces = workspacesWith(async () => undefined);
    const open = async () => {
      opened += 1;
      if (opened <= 9) throw away();
      return workspaces.open();
    };
    const { baton, runner } = await setUp(assistant(), { workspaces: { open } });
    const { workflowId } = await baton.start(aBuild());
    void runner.run();
    await reaches(baton, workflowId, 'handoff_to_coder');
    expect(await typesOf(baton, workflowId)).not.toContain('attempt_failed');
  });

  it('is not published with a question or a failure, which name no checkpoint', async () => {
    let tries = 0;
    const workspaces = workspacesWith(async () => {
      tries += 1;
    });
    const roles = aTeam({ q_assistant: [{ kind: 'fail', reason: 'not today' }] });
    const { baton, runner } = await setUp(roles.slice(0, 1), { workspaces });
    const { workflowId } = await baton.start(aBuild());
    void runner.run();
    await reaches(baton, workflowId, 'error');
    expect(tries).toBe(0);
  });
});
