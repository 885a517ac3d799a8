import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createOrchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { serve } from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../packages/adapters/src/testing/temporary-folder.ts';
import { baton, documents, TIMEOUT } from './harness.ts';

/** Two builds of a project on a server, and one who can write to its store. */
async function setUp() {
  const folder = temporaryFolder();
  const path = join(folder, 'baton.db');
  const store = await createSqliteStore({ path });
  const orchestrator = createOrchestrator({ store });
  const ids: string[] = [];
  for (const buildId of ['a', 'b']) {
    const build = { projectId: 'shop', buildId, userId: 'ada', requirements: { a: 1 } };
    const { workflowId } = await orchestrator.start(build);
    const result = passingOutputs.discovery;
    const done = { workflowId, role: 'q_assistant', completedState: 'discovery', result };
    await orchestrator.advance(done);
    await orchestrator.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
    ids.push(workflowId);
  }
  await store.close();
  const server = await serve({
    DATABASE_URL: `sqlite:${path}`,
    BATON_HTTP_PORT: '0',
    BATON_GRPC_PORT: '0',
    LOG_LEVEL: 'error',
  });
  onTestFinished(() => server.stop());
  return {
    folder,
    ids: ids as [string, string],
    audit: (...args: string[]) => baton(['audit', ...args, '--server', server.url]),
    write(sql: string): void {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    },
  };
}

describe('baton audit', TIMEOUT, () => {
  it('prints heads, and finds what they stand for unchanged, or which event is not', async () => {
    const { folder, ids, audit, write } = await setUp();
    const [a, b] = ids;
    const one = await audit('head', a);
    expect([one.code, one.stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^${a} 4:[\\w-]{43}\n$`)),
    ]);
    const all = await audit('head', '--project', 'shop');
    expect(all.stdout.split('\n').filter(Boolean).sort()).toHaveLength(2);
    const file = join(folder, 'heads.txt');
    writeFileSync(file, all.stdout);
    const head = one.stdout.trim().split(' ')[1] ?? '';
    const fine = await audit('verify', a, '--head', head);
    expect([fine.code, fine.stdout]).toEqual([0, `${a}: unchanged up to event 4\n`]);
    const project = ['verify', '--project', 'shop', '--head', file];
    expect((await audit(...project)).code).toBe(0);

    write(
      `UPDATE workflow_events SET triggered_by = 'mallory' WHERE workflow_id = '${a}' AND sequence = 2`,
    );
    const changed = await audit(...project);
    expect(changed.code).toBe(10);
    expect(changed.stdout.split('\n').sort()).toEqual(
      ['', `${a}: event 2 differs from what was written`, `${b}: unchanged up to event 4`].sort(),
    );
    const shown = await audit('verify', a, '--head', head, '--json');
    expect([shown.code, documents(shown.stdout)]).toEqual([
      10,
      [{ workflowId: a, kind: 'changed', problem: { kind: 'differs', from: 2, to: 2 } }],
    ]);
    write(`DELETE FROM workflow_events WHERE workflow_id = '${b}' AND sequence = 3`);
    const missing = await audit('verify', b, '--head', file);
    expect([missing.code, missing.stdout]).toEqual([
      10,
      `${b}: workflow ${b}: events: found number 4, expected 3\n`,
    ]);
  });

  it('misses a whole workflow that is gone, and refuses what is no head', async () => {
    const { folder, ids, audit } = await setUp();
    const file = join(folder, 'heads.txt');
    const digest = 'x'.repeat(43);
    writeFileSync(file, `wf_gone 4:${digest}\n`);
    const gone = await audit('verify', '--project', 'shop', '--head', file);
    expect([gone.code, gone.stdout]).toEqual([
      10,
      expect.stringContaining('wf_gone: event 1 is missing\n'),
    ]);
    writeFileSync(file, 'no head\n');
    for (const [args, found] of [
      [['verify', ids[0]], '--head: verify takes one'],
      [['head', ids[0], '--head', `4:${digest}`], '--head: head takes none'],
      [['head'], 'expected an id, or --project'],
      [['verify', ids[0], '--head', file], 'line 1 of'],
      [['verify', ids[0], '--head', 'none.txt'], 'no file of heads'],
      [['verify', '--project', 'shop', '--head', `4:${digest}`], 'expected a file'],
    ] as const) {
      const { code, stdout, stderr } = await audit(...args);
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(found)]);
    }
  });
});
