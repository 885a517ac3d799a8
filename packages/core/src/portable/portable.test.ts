import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { BUILD_AND_HAND_OVER, handOverDefinition } from '../model/build/hand-over-definition.ts';
import { createOrchestrator } from '../orchestrator/orchestrator.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { type ExportOptions, exportWorkflow } from './export-workflow.ts';
import { importWorkflow } from './import-workflow.ts';
import { readWorkflowFile } from './read-workflow-file.ts';

const LEASE = 30_000;

/** A build in planning, with text that others than LF would split. */
async function aBuild(budgets = {}) {
  const store = await createMemoryStore();
  const clock = createFakeClock();
  const baton = createOrchestrator({ store, clock, budgets });
  const { workflowId } = await baton.start({
    projectId: 'shop',
    buildId: 'b',
    userId: 'ada',
    requirements: {
      z: 'one\u2028two\u0085three\r\nünïcødé 🏃🏽‍♀️',
      a: [1e300, -0.5],
      constructor: {},
    },
    requestId: 'start',
  });
  await baton.advance({
    workflowId,
    role: 'q_assistant',
    completedState: 'discovery',
    result: passingOutputs.discovery,
    requestId: 'done',
  });
  const claim = (worker = 'w') =>
    baton.claim({ workflowId, worker, roles: ['q_assistant'], leaseMs: LEASE });
  const file = (options: ExportOptions = {}) =>
    fileOf(store, workflowId, { now: clock.now(), ...options });
  return { store, clock, baton, workflowId, claim, file };
}

async function fileOf(store: WorkflowStore, workflowId: string, options?: ExportOptions) {
  let text = '';
  for await (const line of exportWorkflow(store, workflowId, options)) text += line;
  return text;
}

async function importFile(store: WorkflowStore, chunks: Iterable<string | Uint8Array>) {
  await importWorkflow(store, await readWorkflowFile(chunks));
}

/** Imports into an empty store, which it then must have left empty if it refused. */
async function refusal(file: string | Uint8Array): Promise<string> {
  const store = await createMemoryStore();
  const error = await importFile(store, [file]).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'invalid_input' });
  expect(await store.listWorkflows({ limit: 9 })).toEqual([]);
  expect((await store.readStats('shop')).total).toBe(0);
  return error.message;
}

/** The file with some lines changed, and a digest that fits. */
function forged(file: string, change: (lines: string[]) => string[]): string {
  const lines = change(file.trimEnd().split('\n').slice(0, -1)).map((line) => `${line}\n`);
  const kinds = lines.map((line) => JSON.parse(line).kind);
  const counted = (kind: string) => kinds.filter((one) => one === kind).length;
  const counts = {
    handoffs: counted('handoff'),
    events: counted('event'),
    replies: counted('reply'),
  };
  const digest = createHash('sha256').update(lines.join('')).digest('hex');
  return `${lines.join('')}${JSON.stringify({ kind: 'end', ...counts, digest })}\n`;
}

describe('a workflow file', () => {
  it('brings a workflow into another store, whatever the chunks that it comes in', async () => {
    const { file, workflowId, baton, clock } = await aBuild();
    const text = await file();
    for (const size of [1, 7, 1 << 20]) {
      const bytes = Buffer.from(text);
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      const store = await createMemoryStore();
      await importFile(store, chunks);
      expect(await fileOf(store, workflowId)).toBe(text);
      const there = createOrchestrator({ store, clock });
      expect(await there.status({ workflowId })).toEqual(await baton.status({ workflowId }));
    }
  });

  it('holds a workflow of any definition that can be defined, with a hyphen in its name, say', async () => {
    const store = await createMemoryStore();
    const baton = createOrchestrator({ store, definitions: [handOverDefinition()] });
    const { workflowId } = await baton.start({
      projectId: 'shop',
      buildId: 'b',
      userId: 'ada',
      requirements: {},
      definition: { name: BUILD_AND_HAND_OVER },
    });
    const text = await fileOf(store, workflowId);
    const other = await createMemoryStore();
    await importFile(other, [text]);
    expect(await fileOf(other, workflowId)).toBe(text);
  });

  it('is written over nothing that is there', async () => {
    const { file, store, workflowId } = await aBuild();
    const text = await file();
    await expect(importFile(store, [text])).rejects.toMatchObject({
      code: 'already_exists',
      message: `workflow ${workflowId} is here already, at revision 2`,
    });
    const other = await createMemoryStore();
    const taken = await createOrchestrator({ store: other }).start({
      projectId: 'shop',
      buildId: 'b',
      userId: 'u',
      requirements: {},
    });
    await expect(importFile(other, [text])).rejects.toMatchObject({
      code: 'already_exists',
      message: `build 'b' of project 'shop' is workflow ${taken.workflowId} here`,
    });
  });

  it('is refused wherever it is cut off', async () => {
    const bytes = Buffer.from(await (await aBuild()).file());
    for (let length = 0; length < bytes.length; length += 13)
      await refusal(bytes.subarray(0, length));
    await refusal(bytes.subarray(0, -1));
  });

  it('is refused whichever bit of it is wrong', async () => {
    const bytes = Buffer.from(await (await aBuild()).file());
    for (let bit = 0; bit < bytes.length * 8; bit += 37) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await refusal(damaged);
    }
  });

  it.each<[what: string, change: (lines: string[]) => string[], message: string]>([
    ['has an event less', (all) => all.filter((line) => !line.includes('"sequence":1,')), 'events'],
    ['has a handoff twice', (all) => [...all, all[2] ?? ''], 'handoffs'],
    ['has a reply twice', (all) => [...all, all.at(-1) ?? ''], 'the replies'],
    ['has two snapshots', (all) => [...all, all[1] ?? ''], 'exactly one snapshot'],
    ['has no header', (all) => all.slice(1), 'the header comes first'],
    ['has a later header', (all) => [...all, all[0] ?? ''], 'the header comes first'],
    [
      'mixes two workflows',
      (all) => [...all.slice(0, 2), ...replaced(all.slice(2), 'wf_', 'wf_x')],
      'do not agree',
    ],
    ['is of a newer format', (all) => replaced(all, '"version":1', '"version":2'), 'newer one'],
    [
      'has a state of no name',
      (all) => replaced(all, '"state":"planning"', '"state":"a|b"'),
      'state',
    ],
    ...['outputs', 'usage', 'performers'].map(
      (record): [string, (all: string[]) => string[], string] => [
        `has ${record} of __proto__`,
        (all) => replaced(all, `"${record}":`, `"${record}":{"__proto__":{}},"was":`),
        `${record}.__proto__`,
      ],
    ),
    [
      'has an output off its path',
      (all) => replaced(all, '"outputs":{"d', '"outputs":{"x'),
      'path',
    ],
  ])('is refused when it %s, though its digest fits', async (_what, change, message) => {
    const file = await (await aBuild()).file();
    await expect(
      importFile(await createMemoryStore(), [forged(file, (all) => all)]),
    ).resolves.toBeUndefined();
    expect(await refusal(forged(file, change))).toContain(message);
  });
});

function replaced(lines: readonly string[], from: string, to: string): string[] {
  return lines.map((line) => line.replace(from, to));
}

describe('an export', () => {
  it('waits for the end of a claim, unless it is forced', async () => {
    const { claim, file, workflowId, clock, baton } = await aBuild();
    const held = await claim();
    await expect(file()).rejects.toMatchObject({
      code: 'wrong_state',
      message: expect.stringContaining(`workflow ${workflowId} is claimed by 'w' until`),
    });
    const forcedFile = await file({ force: true });
    expect(forcedFile).not.toContain(held.claim.token);
    clock.advance(LEASE);
    expect(await file()).not.toContain(held.claim.token);

    const store = await createMemoryStore();
    await importFile(store, [forcedFile]);
    const there = createOrchestrator({ store, clock });
    const report = {
      workflowId,
      role: 'q_assistant',
      completedState: 'planning',
      result: passingOutputs.planning,
      claimToken: held.claim.token,
    };
    await expect(there.advance(report)).rejects.toMatchObject({ code: 'stale_claim' });
    await expect(baton.advance(report)).resolves.toMatchObject({ state: 'handoff_to_coder' });
    await there.claim({ workflowId, worker: 'heir', roles: ['q_assistant'], leaseMs: LEASE });
  });

  it('counts what a claim had set aside as used', async () => {
    const { claim, file } = await aBuild({ tokens: 1000 });
    await claim();
    const [, line = ''] = (await file({ force: true })).split('\n');
    expect(JSON.parse(line).snapshot.usage.planning.unsettledTokens).toBe(1000);
  });

  it('gives up when the workflow changes meanwhile, and leaves no whole file', async () => {
    const { store, workflowId, claim, clock } = await aBuild();
    const lines: string[] = [];
    const exporting = async () => {
      for await (const line of exportWorkflow(store, workflowId, { now: clock.now() })) {
        if (lines.push(line) === 3) await claim();
      }
    };
    await expect(exporting()).rejects.toMatchObject({ code: 'stale_revision', retryable: true });
    await refusal(lines.join(''));
  });

  it('says when there is no such workflow, and when records are missing', async () => {
    const { store, workflowId } = await aBuild();
    await expect(fileOf(store, 'wf_none')).rejects.toMatchObject({ code: 'not_found' });
    const lossy = { ...store, readEvents: async () => [] };
    await expect(fileOf(lossy, workflowId)).rejects.toMatchObject({ code: 'data_loss' });
  });
});
