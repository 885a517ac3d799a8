import type { RunObserver } from '../run/run-observer.ts';
import type { Terminal } from './terminal.ts';

/**
 * A build for machines: one JSON document a line, each with its `kind`; the last is the summary,
 * or what it waits for.
 */
export function createJsonProgress(terminal: Terminal): RunObserver {
  const say = (kind: string, facts: object): void => terminal.document({ kind, ...facts });
  return {
    opened: (status, begun) => say('opened', { begun, status }),
    confined: (sandbox, found) => say('confined', { sandbox, found }),
    uncommitted: (files) => say('uncommitted', { files }),
    poorlyMasked: (secrets) => say('poorly_masked', { secrets }),
    pruned: (retained) => say('pruned', retained),
    setAside: (aside) => say('set_aside', aside),
    happened: (event) => say('event', { event }),
    reported(report) {
      if (report.kind !== 'progress') return;
      const { state, role, attempt } = report.assignment;
      say('progress', { state, role, attempt, message: report.message });
    },
    following: (holder) => say('following', { holder }),
    tookOver: () => say('took_over', {}),
    troubled: ({ code, message }) => say('trouble', { code, message }),
    interrupted: () => say('interrupted', {}),
    left: (workflowId) => say('left', { workflowId }),
    waiting: ({ workflowId, state, awaiting, questions }) =>
      say('waiting', {
        workflowId,
        state,
        awaiting,
        questions: questions.filter(({ answer }) => answer === undefined),
      }),
    closed: (summary, handedOver) =>
      say('summary', { summary: { ...summary, handOver: handedOver } }),
    dispose: () => undefined,
  };
}
