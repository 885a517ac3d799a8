import type { WorkflowEvent } from '../model/trail.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { WorkflowListener } from '../ports/runtime.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { SubmitCommit } from './group-commit.ts';
import { placeIn, traced } from './traced.ts';

/** A span for each commit: from when it was decided until the store has answered. */
export function tracedSubmit(submit: SubmitCommit, telemetry: Telemetry | undefined): SubmitCommit {
  if (telemetry === undefined) return submit;
  return (commit) =>
    traced(
      telemetry,
      'commit',
      () => ({
        ...placeIn(telemetry, commit.snapshot.traceparent),
        attributes: {
          'baton.workflow.id': commit.snapshot.id,
          'baton.revision': commit.snapshot.revision,
        },
      }),
      async (span) => {
        const result = await submit(commit);
        span?.set({ 'baton.commit.result': result.kind });
        return result;
      },
    );
}

/** A span for each assignment that is taken: from when it was there until a worker had it. */
export function createDispatchSpans(telemetry: Telemetry): WorkflowListener {
  return {
    onCommitted(after, events, before) {
      for (const event of events) {
        if (event.type !== 'assignment_claimed') continue;
        const { state, role, attempt } = event.data;
        const startedAt = Math.min(waitingSince(event, before), Date.now());
        const span = telemetry.startSpan('dispatch', {
          ...placeIn(telemetry, after.traceparent),
          ...{ kind: 'producer', startedAt },
          attributes: {
            'baton.workflow.id': after.id,
            ...{ 'baton.state': String(state), 'baton.role': String(role) },
            'baton.attempt': Number(attempt),
          },
        });
        span.end();
      }
    },
  };
}

function waitingSince({ data, at }: WorkflowEvent, before: WorkflowSnapshot | undefined): number {
  // What was taken in the commit that brought it never waited.
  if (before === undefined || before.state !== data['state']) return at;
  return Math.max(before.notBefore, before.claim?.expiresAt ?? 0);
}
