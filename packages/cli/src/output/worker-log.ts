import { createLog } from '@baton/telemetry/log';
import type { Terminal } from './terminal.ts';
import type { WorkerView } from './worker-view.ts';

/**
 * A worker as a log that a machine reads: a line of JSON for each thing, on stdout, with its `kind`. The other
 * members are those of the server's log.
 */
export function createWorkerLog(terminal: Pick<Terminal, 'write'>): WorkerView {
  const log = createLog({ level: 'debug', write: (line) => terminal.write(`${line}\n`) });
  const say = (kind: string, facts: object = {}): void => log.info(kind, { kind, ...facts });
  const warn = (kind: string, facts: object): void => log.warn(kind, { kind, ...facts });
  return {
    started({ name, roles, repository, config, sandbox, healthPort }, server) {
      const facts = { name, roles, repository, config, sandbox: sandbox.name, healthPort };
      say('started', { server, pid: process.pid, ...facts });
    },
    reported(report) {
      if (!('assignment' in report)) return;
      const { workflowId, projectId, buildId, state, role, attempt } = report.assignment;
      const work = { workflowId, projectId, buildId, state, role, attempt };
      if (report.kind === 'progress') {
        log.debug(report.message, { kind: 'progress', ...work });
      } else if (report.kind === 'performing') say('performing', work);
      else if (report.kind === 'outcome') {
        say('outcome', { ...work, outcome: report.outcome.kind, durationMs: report.durationMs });
      } else {
        const { code, message } = report.error;
        warn(report.kind, { ...work, code, message });
      }
    },
    away: ({ message }) => warn('away', { message }),
    back: () => say('back'),
    troubled: ({ code, message }, workflowId) => warn('trouble', { code, message, workflowId }),
    otherEnding: (message) => warn('other_ending', { message }),
    handedOver: (workflowId, handed) => say('handed_over', { workflowId, ...handed }),
    poorlyMasked: (secrets) => warn('poorly_masked', { secrets }),
    pruned: (retained) => say('pruned', retained),
    setAside: (aside) => warn('set_aside', aside),
    draining: (graceMs) => say('draining', { graceMs }),
    stopping: () => say('stopping'),
    stopped: () => say('stopped'),
  };
}
