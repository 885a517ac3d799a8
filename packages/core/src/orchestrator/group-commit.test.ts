import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Commit, CommitResult, WorkflowStore } from '../ports/workflow-store.ts';
import { createGroupCommit } from './group-commit.ts';

function commitOf(id: string, revision = 2): Commit {
  return {
    snapshot: { id, revision } as Commit['snapshot'],
    follows: undefined,
    handoffs: [],
    changedOutputs: [],
    events: [],
  };
}

/** A store that remembers its batches and answers them when told to. */
function slowStore(parallelBatches = 1) {
  const batches: {
    ids: string[];
    answer(results: CommitResult[]): void;
    fail(error: Error): void;
  }[] = [];
  const store = {
    capabilities: { durable: true, groupCommit: true, parallelBatches },
    commit: (batch: readonly Commit[]) =>
      new Promise((resolve, reject) => {
        batches.push({
          ids: batch.map(({ snapshot }) => snapshot.id),
          answer: resolve,
          fail: reject,
        });
      }),
  } as unknown as WorkflowStore;
  return { store, batches, submit: createGroupCommit(store) };
}

/** Turns of the event loop, not time: each batch is sent in a turn of its own. */
async function tick() {
  for (let turn = 0; turn < 4; turn++) await setImmediate();
}
const committed: CommitResult = { kind: 'committed' };

describe('group commit', () => {
  it('gathers what arrives while a batch is on its way', async () => {
    const { batches, submit } = slowStore();
    const first = submit(commitOf('a'));
    await tick();
    const others = ['b', 'c', 'd'].map((id) => submit(commitOf(id)));
    await tick();
    expect(batches.map(({ ids }) => ids)).toEqual([['a']]);
    batches[0]?.answer([committed]);
    expect(await first).toEqual(committed);
    await tick();
    expect(batches.map(({ ids }) => ids)).toEqual([['a'], ['b', 'c', 'd']]);
    const conflict: CommitResult = { kind: 'conflict', snapshot: undefined };
    batches[1]?.answer([committed, conflict, committed]);
    expect(await Promise.all(others)).toEqual([committed, conflict, committed]);
  });

  it('puts at most one commit of a workflow into a batch, and keeps their order', async () => {
    const { batches, submit } = slowStore();
    for (const [id, revision] of [
      ['a', 2],
      ['a', 3],
      ['b', 2],
      ['a', 4],
    ] as const) {
      void submit(commitOf(id, revision));
    }
    for (let i = 0; i < 3; i++) {
      await tick();
      batches[i]?.answer((batches[i]?.ids ?? []).map(() => committed));
    }
    await tick();
    expect(batches.map(({ ids }) => ids)).toEqual([['a', 'b'], ['a'], ['a']]);
  });

  it('fails a batch that the store could not take, and goes on with the next', async () => {
    const { batches, submit } = slowStore();
    const lost = submit(commitOf('a'));
    await tick();
    const next = submit(commitOf('b'));
    batches[0]?.fail(new Error('gone'));
    await expect(lost).rejects.toThrow('gone');
    await tick();
    batches[1]?.answer([committed]);
    expect(await next).toEqual(committed);
  });

  it('does not let a commit wait for an answer that the store left out', async () => {
    const { batches, submit } = slowStore();
    const both = [submit(commitOf('a')), submit(commitOf('b'))];
    await tick();
    batches[0]?.answer([committed]);
    expect(await both[0]).toEqual(committed);
    await expect(both[1]).rejects.toMatchObject({ code: 'internal' });
  });

  it('has as many batches on their way as the store can take, and then gathers', async () => {
    const { batches, submit } = slowStore(2);
    for (const ids of ['a', 'bc', 'de', 'f']) {
      for (const id of ids) void submit(commitOf(id));
      await tick();
    }
    expect(batches.map(({ ids }) => ids)).toEqual([['a'], ['b', 'c']]);
    batches[1]?.answer([committed, committed]);
    await tick();
    expect(batches.map(({ ids }) => ids)).toEqual([['a'], ['b', 'c'], ['d', 'e', 'f']]);
  });

  it('shares out what waits among the batches that are free', async () => {
    const { batches, submit } = slowStore(2);
    for (const id of 'abcde') void submit(commitOf(id));
    await tick();
    expect(batches.map(({ ids }) => ids)).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
  });

  it('never has two commits of a workflow on their way', async () => {
    const { batches, submit } = slowStore(2);
    submit(commitOf('a', 2)).catch(() => {});
    await tick();
    const second = submit(commitOf('a', 3));
    void submit(commitOf('b'));
    await tick();
    expect(batches.map(({ ids }) => ids)).toEqual([['a'], ['b']]);
    batches[1]?.answer([committed]);
    await tick();
    expect(batches).toHaveLength(2);
    batches[0]?.fail(new Error('gone'));
    await tick();
    expect(batches.map(({ ids }) => ids)).toEqual([['a'], ['b'], ['a']]);
    batches[2]?.answer([committed]);
    expect(await second).toEqual(committed);
  });
});
