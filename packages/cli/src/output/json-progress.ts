import type { BuildResult } from '@baton/builds';
import type { BuildView } from './build-view.ts';
import type { Terminal } from './terminal.ts';

/**
 * A build for machines: one JSON document a line, each with its `kind`; the last is the summary,
 * or what it waits for.
 */
export function createJsonProgress(terminal: Terminal): BuildView {
  const say = (kind: string, facts: object): void => terminal.document({ kind, ...facts });
  return {
    opened: ({ status, begun }) => say('opened', { begun, status }),
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
    ended: (result) => say(...endOf(result)),
    dispose: () => undefined,
  };
}

/** No token is in it: machines keep what they read. */
function endOf(result: BuildResult): [kind: string, facts: object] {
  switch (result.kind) {
    case 'interrupted':
      return ['left', { workflowId: result.workflowId }];
    case 'waiting': {
      const { workflowId, state, awaiting, questions } = result.status;
      const open = questions.filter(({ answer }) => answer === undefined);
      return ['waiting', { workflowId, state, awaiting, questions: open }];
    }
    case 'error':
      return ['summary', { summary: result.summary }];
    case 'complete':
      return ['summary', { summary: { ...result.summary, handOver: result.handedOver } }];
  }
}
