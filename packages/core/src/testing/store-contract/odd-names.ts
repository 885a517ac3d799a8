import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineWorkflow } from '../../model/define-workflow.ts';
import type { JsonObject } from '../../model/json.ts';
import {
  aBuild,
  fullCommit,
  kindsOf,
  type OpenHarness,
  recordsOf,
  snapshotOf,
  withStore,
} from './harness.ts';

const output = z.looseObject({ text: z.string() });

/** Its first phase and its role have names that SQL knows. */
const definition = defineWorkflow({
  name: 'house',
  version: 1,
  roles: {
    select: { title: 'Builder', instructions: 'Build.' },
    inspector: { title: 'Inspector', instructions: 'Inspect.' },
  },
  states: {
    order: { phase: 'select', output, to: 'inspection' },
    inspection: { phase: 'inspector', output, to: 'sold', retryTo: 'order' },
    sold: { final: true },
  },
  retries: [['inspection', 'order']],
});

/** Keys that mean something to JavaScript, Lua, SQL or JSON paths. */
const KEYS = ['constructor', '__defineGetter__', 'toJSON', '', '$a.b[0]', '1', "it's", '\u2028'];
const odd: JsonObject = Object.fromEntries(KEYS.map((key, n) => [key, { n }]));

/** Every key with its value, in the order in which they were given. */
const membersOf = (value: JsonObject | undefined) => Object.entries(value ?? {});

export function oddNameContract(open: OpenHarness): void {
  describe('names', () => {
    it(
      'of phases and roles may be those that a database has a meaning for',
      withStore(open, async ({ store, another }) => {
        const baton = await another({ definitions: [definition] });
        const { workflowId } = await baton.start(aBuild());
        const outputs = async () => membersOf((await snapshotOf(store, workflowId)).outputs);
        const result = { text: 'a house' };
        const advance = { workflowId, role: 'select', completedState: 'order', result };
        expect(await outputs()).toEqual([]);
        expect(await baton.advance(advance)).toMatchObject({ state: 'inspection' });
        expect(await outputs()).toEqual([['order', result]]);
        await baton.requestRetry({ workflowId, reason: 'no door' });
        expect(await outputs()).toEqual([]);
        const roles = ['select'];
        const query = { roles, now: Number.MAX_SAFE_INTEGER, limit: 9 };
        expect(await store.listClaimable(query)).toMatchObject([{ id: workflowId }]);
        expect(await store.listWorkflows({ state: 'order', limit: 9 })).toHaveLength(1);
      }),
    );

    it(
      'of keys are kept, those too that JavaScript has a meaning for',
      withStore(open, async ({ store, baton }) => {
        const started = await baton.start(aBuild({ requirements: odd, metadata: odd }));
        const before = await snapshotOf(store, started.workflowId);
        const { handoffs, events, reply, ...commit } = fullCommit(before, '__proto__');
        const full = {
          ...commit,
          snapshot: { ...commit.snapshot, outputs: { discovery: odd, planning: odd } },
          changedOutputs: ['discovery', 'planning'],
          handoffs: handoffs.map((one) => ({ ...one, data: odd })),
          events: events.map((one) => ({ ...one, data: odd })),
          reply: { requestId: '__proto__', digest: 'd', body: odd },
        };
        const path = ['discovery', 'planning'].map((phase) => ({
          phase,
          enteredAt: 1,
          checkpoint: undefined,
          performers: { [phase]: [] },
        }));
        const result = await store.commit([{ ...full, snapshot: { ...full.snapshot, path } }]);
        expect(kindsOf(result)).toEqual(['committed']);
        const found = await recordsOf(store, before, ['__proto__', 'constructor']);
        const { requirements, metadata, outputs } = found.snapshot ?? {};
        const values = [
          ...[requirements, metadata, outputs?.['discovery'], outputs?.['planning']],
          ...[found.handoffs[0]?.data, found.events.at(-1)?.data, found.replies[0]?.body],
        ];
        for (const value of values) expect(membersOf(value)).toEqual(membersOf(odd));
        expect(found.replies[1]).toBeUndefined();
      }),
    );
  });
}
