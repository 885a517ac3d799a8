import { expect, it } from 'vitest';
import {
  after,
  at,
  begin,
  claim,
  fail,
  handOver,
  NOW,
  usageOf,
} from '../machine/testing/commands.ts';
import { buildDefinition } from '../model/build/build-definition.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { toStatus } from './to-status.ts';

const advice = (snapshot: WorkflowSnapshot) =>
  toStatus(buildDefinition(), snapshot, NOW).expectedNext.description;
const failed = (snapshot: WorkflowSnapshot, code: string, tokens = 1) =>
  after(fail(after(claim(snapshot)), { code, retryable: false, usage: usageOf(tokens) }));

it('says of a build that deploys nothing what its last phase does', () => {
  const last = at('deployment', {}, handOver);
  expect(toStatus(handOver, last, NOW).expectedNext.description).toBe(
    "release_manager performs 'deployment' (hands a branch over; does not deploy) and advances with its output",
  );
  expect(advice(at('deployment'))).toBe(
    "release_manager performs 'deployment' and advances with its output",
  );
});

it('in error a person is told only what will not be refused', () => {
  const budgets = { tokens: 1000 };
  expect(advice(failed(at('planning'), 'role_failed'))).toBe(
    'a person decides: request a retry, or roll back to one of discovery, planning',
  );
  const spent = failed(at('planning', { maxRetries: 0 }), 'role_failed');
  expect(advice(spent)).toBe(
    'a person decides: roll back to one of discovery, planning: all 0 retries are spent',
  );
  const raise = 'a person decides: request a retry with a raised cap to go on';
  expect(advice(failed(begin(undefined, { budgets }), 'role_failed', 1000))).toBe(raise);
  // What is left did not cover the next call.
  expect(advice(failed(begin(undefined, { budgets }), 'budget_spent', 900))).toBe(raise);
});
