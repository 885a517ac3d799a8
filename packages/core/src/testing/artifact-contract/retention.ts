import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import {
  aMeta,
  bytesOf,
  type OpenArtifactHarness,
  textOf,
  whole,
  withArtifacts,
} from './harness.ts';

const KIB = 1024;

/** Three workflows of 4 KiB each, the first the oldest. */
async function threeWorkflows(store: ArtifactStore): Promise<void> {
  for (const [n, workflowId] of ['wf_1', 'wf_2', 'wf_3'].entries()) {
    await store.write(aMeta({ workflowId, createdAt: n * 100 }), randomBytes(4 * KIB));
  }
}

async function kept(store: ArtifactStore): Promise<readonly string[]> {
  const found: string[] = [];
  for (const workflowId of ['wf_1', 'wf_2', 'wf_3']) {
    const list = await store.list({ workflowId, after: 0, limit: 10 });
    for (const one of list) await whole(store.read(one));
    if (list.length > 0) found.push(workflowId);
  }
  return found;
}

export function artifactRetentionContract(open: OpenArtifactHarness): void {
  describe('the retention of artifacts', () => {
    it(
      'goes by age, by bytes and by the number of workflows, the oldest first',
      withArtifacts(open, async ({ store }) => {
        await threeWorkflows(store);
        expect(await store.prune({ now: 300 })).toEqual({ workflowIds: [], bytes: 0, orphans: 0 });
        const aged = await store.prune({ now: 300, afterMs: 250 });
        expect(aged.workflowIds).toEqual(['wf_1']);
        expect(aged.bytes).toBeGreaterThanOrEqual(4 * KIB);
        expect(await kept(store)).toEqual(['wf_2', 'wf_3']);
        await threeWorkflows(store);
        const full = await store.prune({ now: 300, maxBytes: 17 * KIB });
        expect(full.workflowIds).toEqual(['wf_1']);
        const few = await store.prune({ now: 300, maxWorkflows: 1 });
        expect(few.workflowIds).toEqual(['wf_2']);
        expect(await kept(store)).toEqual(['wf_3']);
        expect(await store.prune({ now: 300, maxWorkflows: 0 })).toMatchObject({
          workflowIds: ['wf_3'],
        });
      }),
    );

    it(
      'can be held to single workflows, which begin anew afterwards',
      withArtifacts(open, async ({ store }) => {
        await threeWorkflows(store);
        await store.supersede('wf_2', { state: 'testing', epoch: 9, attempt: 9, accepted: [] });
        const only = ['wf_2', 'wf_4'];
        expect(await store.prune({ now: 1000, afterMs: 0, only })).toMatchObject({
          workflowIds: ['wf_2'],
        });
        expect(await kept(store)).toEqual(['wf_1', 'wf_3']);
        const again = await store.write(aMeta({ workflowId: 'wf_2' }), bytesOf('again'));
        expect(again).toMatchObject({ number: 1, superseded: false });
      }),
    );

    it(
      'only tells what would go, where it is asked to',
      withArtifacts(open, async ({ store }) => {
        await threeWorkflows(store);
        const told = await store.prune({ now: 300, maxWorkflows: 1, dryRun: true });
        expect(told).toMatchObject({ workflowIds: ['wf_1', 'wf_2'], orphans: 0 });
        expect(await kept(store)).toEqual(['wf_1', 'wf_2', 'wf_3']);
        expect(await store.prune({ now: 300, maxWorkflows: 1 })).toEqual(told);
      }),
    );

    it(
      'refuses what is no number',
      withArtifacts(open, async ({ store }) => {
        for (const rule of [{ afterMs: -1 }, { maxBytes: Number.NaN }, { maxWorkflows: 0.5 }]) {
          await expect(store.prune({ now: 1, ...rule })).rejects.toMatchObject({
            code: 'invalid_input',
          });
        }
      }),
    );

    it(
      'takes what a crash left behind once it is old enough, and no content that is named',
      withArtifacts(open, async ({ store, leaveHalfWritten }) => {
        const named = await store.write(aMeta(), bytesOf('named'));
        const half = bytesOf('half-written');
        const digest = createHash('sha256').update(half).digest('hex');
        await leaveHalfWritten?.('wf_1', half);
        expect(await store.list({ workflowId: 'wf_1', after: 0, limit: 10 })).toEqual([named]);
        const soon = { now: Date.now(), orphansAfterMs: 60_000 };
        expect(await store.prune(soon)).toMatchObject({ orphans: 0, workflowIds: [] });
        const late = { now: Date.now() + 120_000, orphansAfterMs: 60_000 };
        const orphans = leaveHalfWritten === undefined ? 0 : 1;
        expect(await store.prune(late)).toMatchObject({ orphans, workflowIds: [] });
        await expect(whole(store.read({ workflowId: 'wf_1', digest }))).rejects.toMatchObject({
          code: 'not_found',
        });
        expect(await textOf(store.read(named))).toBe('named');
        // What was left does not keep the same content from being written.
        await leaveHalfWritten?.('wf_1', half);
        expect(await textOf(store.read(await store.write(aMeta({ name: 'b' }), half)))).toBe(
          'half-written',
        );
      }),
    );

    it(
      'leaves a workflow only so much room, and other workflows theirs',
      withArtifacts(open, async ({ another }) => {
        const store = await another({ maxWorkflowBytes: 10 * KIB });
        const content = randomBytes(4 * KIB);
        const first = await store.write(aMeta({ name: 'first' }), content);
        await store.write(aMeta({ name: 'second' }), randomBytes(4 * KIB));
        const third = store.write(aMeta({ name: 'third' }), randomBytes(4 * KIB));
        await expect(third).rejects.toMatchObject({
          code: 'limit_exceeded',
          message: expect.stringContaining('wf_1'),
        });
        // What is there already takes no more room.
        expect(await store.write(aMeta({ name: 'first' }), content)).toEqual(first);
        await store.write(aMeta({ name: 'again' }), content);
        await store.write(aMeta({ workflowId: 'wf_2' }), randomBytes(4 * KIB));
        expect(await store.list({ workflowId: 'wf_1', after: 0, limit: 10 })).toHaveLength(3);
      }),
    );

    it(
      'is for handles that are open: a closed one says so',
      withArtifacts(open, async ({ another }) => {
        const store = await another();
        await store.close();
        await store.close();
        const closed = { name: 'BatonError', code: 'unavailable' };
        await expect(store.write(aMeta(), bytesOf('late'))).rejects.toMatchObject(closed);
        const list = store.list({ workflowId: 'wf_1', after: 0, limit: 1 });
        await expect(list).rejects.toMatchObject(closed);
      }),
    );
  });
}
