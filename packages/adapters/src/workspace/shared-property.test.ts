import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint, Workspace } from '@baton/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { by, createSharedBuild } from './testing/shared-build.ts';
import { writeFiles } from './testing/test-repository.ts';

interface Work {
  readonly kind: 'open' | 'write' | 'publish' | 'commit';
  readonly machine: 0 | 1;
}
/** What may happen, in any order, to two workers on two machines, their store and their remote. */
type Step =
  | Work
  | { readonly kind: 'roll back'; readonly by: number }
  | { readonly kind: 'lose remote' | 'find remote' };

const machine = fc.constantFrom<0 | 1>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('open' as const), machine }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), machine }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('publish' as const), machine }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('commit' as const), machine }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('roll back' as const),
      by: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('lose remote' as const, 'find remote' as const) }),
  },
);

interface Committed {
  readonly checkpoint: Checkpoint;
  readonly text: string;
}

/** A worker: what it opened, made of it and published. */
interface Attempt {
  readonly workspace: Workspace;
  readonly claim: number;
  text: string;
  published?: Committed;
}

test('whatever the order, a worker opens exactly the files that the store names', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 18 }), async (steps) => {
      const { remote, one, other } = createSharedBuild({ 'a.txt': 'start' });
      const providers = [one, other].map((at) => at.provider({}, { remote: remote.path }));
      const away = `${remote.path}.away`;
      let isAway = false;
      let claim = 0;
      let committed: Committed[] = [];
      const attempts: (Attempt | undefined)[] = [undefined, undefined];

      async function take(one: Work) {
        const attempt = attempts[one.machine];
        switch (one.kind) {
          case 'open': {
            const current = committed.at(-1);
            claim += 1;
            attempts[one.machine] = undefined;
            const opening = providers[one.machine]?.open('w', current?.checkpoint);
            const workspace = await opening?.catch((reason) => {
              if (!isAway) throw reason;
              return undefined;
            });
            if (workspace === undefined) return;
            const text = readFileSync(join(workspace.path, 'a.txt'), 'utf8');
            expect(text).toBe(current?.text ?? 'start');
            if (current !== undefined)
              expect(await workspace.digest()).toBe(current.checkpoint.digest);
            attempts[one.machine] = { workspace, claim, text };
            return;
          }
          case 'write':
            if (attempt === undefined) return;
            attempt.text = `${attempt.text} ${claim}`;
            writeFiles(attempt.workspace.path, { 'a.txt': attempt.text });
            return;
          case 'publish': {
            if (attempt === undefined) return;
            const checkpoint = await attempt.workspace.checkpoint('after work');
            const { text } = attempt;
            const done = attempt.workspace.publish?.(checkpoint, by(1, attempt.claim));
            const isDone = await done?.then(
              () => true,
              () => false,
            );
            expect(isDone).toBe(!isAway);
            if (isDone) attempt.published = { checkpoint, text };
            return;
          }
          case 'commit':
            // The store takes the report of the last claim alone, and only once it is published.
            if (attempt?.published === undefined || attempt.claim !== claim) return;
            committed.push(attempt.published);
            attempts[one.machine] = undefined;
        }
      }

      for (const one of steps) {
        if ('machine' in one) await take(one);
        else if (one.kind === 'roll back') {
          claim += 1;
          // A build that has begun goes back to a checkpoint that it had.
          committed = committed.slice(0, Math.max(1, committed.length - one.by));
        } else if ((one.kind === 'lose remote') !== isAway) {
          isAway = !isAway;
          renameSync(...(isAway ? ([remote.path, away] as const) : ([away, remote.path] as const)));
        }
      }
      if (isAway) renameSync(away, remote.path);
      isAway = false;
      for (const at of [0, 1] as const) await take({ kind: 'open', machine: at });
      for (const line of remote.shared()) {
        const [ref = '', id = ''] = line.split(' ');
        expect(ref.endsWith(`/${id}`)).toBe(true);
      }
    }),
    { numRuns: 10 },
  );
});
