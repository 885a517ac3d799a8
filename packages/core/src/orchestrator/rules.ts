import { createHash } from 'node:crypto';
import type { Change } from '../machine/command.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import { describeDefinition, type StateDescription } from '../model/describe-definition.ts';
import type { JsonObject } from '../model/json.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import type { RuleDigests, WorkflowSnapshot } from '../model/workflow.ts';

/*
 * A process may be given other rules under the same name and version: another threshold, approvals or
 * separations. The operator decides, so a workflow continues by them; but the audit trail says so.
 * 1. A workflow carries the digests of the rules by which it was changed last.
 * 2. A change by other rules puts an event into the audit trail, in its own commit and before its other
 *    events, that says which parts differ and what they are now.
 */

const DIGEST_CHARACTERS = 22;

const known = new WeakMap<WorkflowDefinition, RuleDigests>();

/** What a definition demands, by part. Gates are told by name and description: code has no digest. */
export function rulesOf(definition: WorkflowDefinition): RuleDigests {
  const before = known.get(definition);
  if (before !== undefined) return before;
  const { initial, states, transitions, approvals, separations, workspaceRequired } =
    describeDefinition(definition);
  const each = (part: (state: StateDescription) => unknown) =>
    states.map((state) => [state.name, part(state)]);
  const rules: RuleDigests = {
    states: digest([
      initial,
      each(({ kind, owners, retryTo }) => [kind, owners, retryTo ?? null]),
      sorted(transitions),
      // Without it the digest is what it was before there was this rule.
      ...(workspaceRequired ? ['workspace required'] : []),
    ]),
    gates: digest(each(({ gates }) => gates)),
    outputs: digest(each(({ outputSchema }) => outputSchema ?? null)),
    approvals: digest(sorted(approvals.map(({ by, ...rule }) => ({ ...rule, by: sorted(by) })))),
    separations: digest(sorted(separations)),
  };
  known.set(definition, rules);
  return rules;
}

/** What a person has to approve and who is kept apart, for the audit trail; empty where nothing is. */
export function rulesInWords({ approvals, separations }: WorkflowDefinition): JsonObject {
  return {
    ...(approvals.length > 0 && { approvals: approvals.map((rule) => ({ ...rule })) }),
    ...(separations.length > 0 && { separations: separations.map((rule) => ({ ...rule })) }),
  };
}

/** The parts in which the rules of a definition are not those that a workflow was changed by last. */
export function changedRules(
  definition: WorkflowDefinition,
  { rules }: WorkflowSnapshot,
): readonly string[] {
  const now = rulesOf(definition);
  if (rules === now) return [];
  const parts = Object.keys(now) as (keyof RuleDigests)[];
  return parts.filter((part) => rules?.[part] !== now[part]);
}

/** `snapshot` under the rules of `definition`, with room for the event that says so. */
export function withCurrentRules(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
): WorkflowSnapshot {
  return { ...snapshot, rules: rulesOf(definition), sequence: snapshot.sequence + 1 };
}

/** A change that was decided under other rules than those before, and says so first. */
export function withRulesEvent(
  definition: WorkflowDefinition,
  before: WorkflowSnapshot,
  change: Change,
): Change {
  const { snapshot, events } = change;
  const differs = changedRules(definition, before);
  const gates = describeDefinition(definition).states.flatMap((state) =>
    state.gates.map(({ description }) => `${state.name}: ${description}`),
  );
  const event: WorkflowEvent = {
    workflowId: before.id,
    sequence: before.sequence + 1,
    type: 'definition_changed',
    triggeredBy: events[0]?.triggeredBy ?? before.userId,
    data: {
      state: before.state,
      definition: { ...before.definition },
      differs,
      before: before.rules === undefined ? null : { ...before.rules },
      after: { ...rulesOf(definition) },
      approvals: [],
      separations: [],
      ...rulesInWords(definition),
      ...(differs.includes('gates') && { gates }),
    },
    at: snapshot.updatedAt,
    revision: before.revision + 1,
    epoch: before.epoch,
  };
  return { ...change, events: [event, ...events] };
}

/** In an order of its own: that of the definition means nothing. */
function sorted(values: readonly unknown[]): readonly string[] {
  return values.map(canonicalJson).sort();
}

function digest(value: unknown): string {
  const hash = createHash('sha256').update(canonicalJson(value)).digest('base64url');
  return hash.slice(0, DIGEST_CHARACTERS);
}
