import { describe, expect, it } from 'vitest';
import type { Artifact, ArtifactMeta } from '../model/artifact.ts';
import { BatonError } from '../model/errors.ts';
import { systemClock } from '../orchestrator/clocks.ts';
import type { Orchestrator } from '../orchestrator/operations.ts';
import type { ArtifactStore, SupersededBy } from '../ports/artifact-store.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { emptyWorkspace } from './testing/empty-workspace.ts';
import { advance, aTeam, eventsOf, evidenceOn, reaches, setUp } from './testing/team.ts';

const DIGEST = 'd'.repeat(64);

/** Remembers what it is to keep. */
function aStore(overrides: Partial<ArtifactStore> = {}) {
  const written: { readonly meta: ArtifactMeta; readonly text: string }[] = [];
  const superseded: SupersededBy[] = [];
  const unused = (): never => {
    throw new Error('a runner does not do that');
  };
  const store: ArtifactStore = {
    async write(meta, source) {
      const text = Buffer.from(source as Uint8Array).toString('latin1');
      written.push({ meta, text });
      const ref = { digest: DIGEST, size: text.length, truncated: false };
      return { ...meta, ...ref, number: 1, compressedSize: 1, superseded: false } as Artifact;
    },
    supersede: async (_, by) => void superseded.push(by),
    read: unused,
    list: unused,
    prune: unused,
    close: unused,
    ...overrides,
  };
  return { store, written, superseded };
}

async function notesOf(baton: Orchestrator, workflowId: string): Promise<unknown[]> {
  const events = await eventsOf(baton, workflowId);
  return events.flatMap(({ type, data: { code, message } }) =>
    type === 'noted' ? [{ code, message }] : [],
  );
}

const redact = (text: string): string => text.replaceAll('s3cret', '***');

describe('what a role hands over to be kept', () => {
  it('is written masked, with what it is of, before the evidence that names it', async () => {
    const { store, written, superseded } = aStore();
    const planning = { ...advance('planning') };
    const [assistant] = aTeam({
      q_assistant: [
        async (_, { artifact, evidence }) => {
          const given = { kind: 'output', name: 'lint: a/b\ns3cret', treeDigest: 'tree' } as const;
          const kept = await artifact?.(given, 'said s3cret');
          evidence({ ...evidenceOn('tree', 'lint'), ...(kept && { artifact: kept }) });
          const binary = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('s3cret')]);
          await artifact?.({ kind: 'report', name: '..', mediaType: 'image/png' }, binary);
          return advance('discovery');
        },
        planning,
      ],
    });
    const { baton, runner } = await setUp([assistant as never], { artifacts: store, redact });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'handoff_to_coder');
    const common = { workflowId, projectId: 'shop', role: 'q_assistant', epoch: 1, attempt: 1 };
    expect(written).toEqual([
      {
        text: 'said ***',
        meta: {
          ...common,
          state: 'discovery',
          kind: 'output',
          name: 'lint: a-b-***',
          mediaType: 'text/plain',
          treeDigest: 'tree',
          createdAt: expect.any(Number),
        },
      },
      {
        text: '\u00ff\u00fe***',
        meta: expect.objectContaining({ name: 'report', mediaType: 'image/png' }),
      },
      {
        text: expect.stringContaining('"purpose": "lint"'),
        meta: expect.objectContaining({ ...EVIDENCE_KEPT, treeDigest: 'tree' }),
      },
    ]);
    const { handoffs } = await baton.history({ workflowId });
    const artifact = { digest: DIGEST, size: 8, truncated: false };
    expect(handoffs[0]?.data).toMatchObject({ evidence: [{ purpose: 'lint', artifact }] });
    expect(superseded).toEqual([
      { state: 'discovery', epoch: 1, attempt: 1, accepted: [] },
      { state: 'planning', epoch: 1, attempt: 1, accepted: ['discovery'] },
    ]);
  });

  it('fails no build when it cannot be kept: that is noted, masked', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('the disk of s3cret is full');
    };
    const { store } = aStore({ write: broken, supersede: broken });
    const [assistant] = aTeam({
      q_assistant: [
        async (_, { artifact }) => {
          expect(await artifact?.({ kind: 'output', name: 'lint' }, 'said')).toBeUndefined();
          return advance('discovery');
        },
        advance('planning'),
      ],
    });
    const { baton, runner } = await setUp([assistant as never], { artifacts: store, redact });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'handoff_to_coder');
    expect(await notesOf(baton, workflowId)).toContainEqual({
      code: 'artifact_not_kept',
      message: "'lint' was not kept: the disk of *** is full",
    });
  });

  it('is given up when the store does not answer', async () => {
    const { store } = aStore({ write: () => new Promise(() => undefined) });
    const [assistant] = aTeam({
      q_assistant: [
        async (_, { artifact }) => {
          await artifact?.({ kind: 'output', name: 'lint' }, 'said');
          return advance('discovery');
        },
        advance('planning'),
      ],
    });
    // Half a minute passes at once.
    const sleep: typeof systemClock.sleep = (ms, signal) =>
      systemClock.sleep(ms === 30_000 ? 1 : ms, signal);
    const clock = { ...systemClock, sleep };
    const { baton, runner } = await setUp([assistant as never], { artifacts: store, clock });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'handoff_to_coder');
    expect(await notesOf(baton, workflowId)).toContainEqual({
      code: 'artifact_not_kept',
      message: "'lint' was not kept: the store did not answer within 30000 ms",
    });
  });

  it('is kept, too, when the attempt was ended meanwhile', async () => {
    const { store, written } = aStore();
    const [assistant] = aTeam({
      q_assistant: [
        async (_, { artifact, signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          await systemClock.sleep(20);
          await artifact?.({ kind: 'transcript', name: 'words' }, 'my last words');
          throw signal.reason;
        },
      ],
    });
    const { baton, runner } = await setUp([assistant as never], { artifacts: store });
    const run = runner.run();
    await baton.start(aBuild());
    await expect.poll(() => assistant?.assignments).toHaveLength(1);
    await runner.stop(0);
    await run;
    expect(written.map(({ text }) => text)).toEqual(['my last words']);
  });

  it('is told with the failure of an attempt that was ended: what its command wrote last', async () => {
    const { store } = aStore();
    const [assistant] = aTeam({
      q_assistant: [
        async (_, { signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          const metadata = { wrote: 'waits for s3cret' };
          throw new BatonError('cancelled', "'npm' was cancelled", { metadata });
        },
      ],
    });
    const { baton, runner } = await setUp([assistant as never], { artifacts: store, redact });
    const run = runner.run();
    const { workflowId } = await baton.start(aBuild());
    await expect.poll(() => assistant?.assignments).toHaveLength(1);
    await runner.stop(0);
    await run;
    const said = (await eventsOf(baton, workflowId)).flatMap(({ type, data }) =>
      type.startsWith('attempt_') ? [data['message']] : [],
    );
    expect(said).toEqual([expect.stringContaining('its command wrote last:\nwaits for ***')]);
  });

  it('holds the end of an attempt up for two seconds at most, in a store that does not answer', async () => {
    const { store } = aStore({ write: () => new Promise(() => undefined) });
    const [assistant] = aTeam({
      q_assistant: [
        (_, { evidence }) => {
          evidence(evidenceOn('tree', 'test'));
          return new Promise(() => undefined);
        },
      ],
    });
    const { baton, runner } = await setUp([assistant as never], { artifacts: store });
    const run = runner.run();
    await baton.start(aBuild());
    await expect.poll(() => assistant?.assignments).toHaveLength(1);
    const began = performance.now();
    await runner.stop(0);
    await run;
    expect(performance.now() - began).toBeLessThan(4000);
  });
});

const EVIDENCE_KEPT = { kind: 'report', name: 'evidence.json', mediaType: 'application/json' };

describe('what was run in an attempt', () => {
  const ran = evidenceOn('tree', 'test');
  it.each([
    ['sends the work back', async () => ({ kind: 'request_retry', reason: 'a test fails' })],
    ['fails', async () => ({ kind: 'fail', reason: 'no test can run' })],
    [
      'throws',
      async () => {
        throw new Error('the report cannot be read');
      },
    ],
  ])('is kept when the role %s', async (_what, end) => {
    const { store, written } = aStore();
    const [assistant] = aTeam({
      q_assistant: [
        async () => advance('discovery'),
        async (_assignment, { evidence }) => {
          evidence({ ...ran, exitCode: 1 });
          return end() as never;
        },
        async () => new Promise<never>(() => undefined),
      ],
    });
    const { runner, baton } = await setUp([assistant as never], { artifacts: store });
    void runner.run();
    await baton.start(aBuild());
    await expect.poll(() => written.length).toBe(1);
    expect(written[0]?.meta).toMatchObject({ ...EVIDENCE_KEPT, state: 'planning' });
    expect(JSON.parse(written[0]?.text ?? '')).toEqual([{ ...ran, exitCode: 1 }]);
  });
});

describe('what a phase changed', () => {
  const workspaceWith = (patch: (() => Promise<string>) | undefined) => ({
    open: async () => ({
      ...emptyWorkspace(),
      ...(patch !== undefined && { patch }),
    }),
  });

  async function build(patch: (() => Promise<string>) | undefined) {
    const { store, written } = aStore();
    const workspaces = workspaceWith(patch);
    const [assistant] = aTeam();
    const { baton, runner } = await setUp([assistant as never], { artifacts: store, workspaces });
    void runner.run();
    const { workflowId } = await baton.start(aBuild());
    await reaches(baton, workflowId, 'handoff_to_coder');
    return { written, notes: await notesOf(baton, workflowId) };
  }

  it('is kept as a patch, unless it is nothing', async () => {
    const patches = ['--- a\n+++ b\n', ''];
    const { written, notes } = await build(async () => patches.shift() ?? '');
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject({
      text: '--- a\n+++ b\n',
      meta: { kind: 'diff', name: 'changes.diff', state: 'discovery', treeDigest: 'tree' },
    });
    expect(notes).toEqual([]);
  });

  it('is noted as not kept where the workspace makes no patches, as far as something may have changed', async () => {
    const { written, notes } = await build(undefined);
    expect(written).toEqual([]);
    // The first attempt alone: the second one ends with the tree that it began with.
    const message = "'changes.diff' was not kept: the workspace makes no patches";
    expect(notes).toEqual([{ code: 'artifact_not_kept', message }]);
  });

  it('fails no build when it cannot be told', async () => {
    const { written, notes } = await build(async () => {
      throw new Error('git is gone');
    });
    expect(written).toEqual([]);
    expect(notes).toContainEqual({
      code: 'artifact_not_kept',
      message: "'changes.diff' was not kept: git is gone",
    });
  });
});
