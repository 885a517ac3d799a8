import type { StartedWorker, WorkerObserver } from '@baton/builds';
import { duration, moment, oneLine } from '@baton/builds/internal';
import type { Assignment, RunnerReport } from '@baton/core';
import { setAsideText } from './set-aside-text.ts';
import type { Terminal } from './terminal.ts';

/** Shows a worker: to people, or to a machine. */
export interface WorkerView extends Required<WorkerObserver> {
  started(worker: StartedWorker, server: string): void;
  draining(graceMs: number): void;
  /** It gives back what it still holds. */
  stopping(): void;
  stopped(): void;
}

/** What a role says may be of any length. */
const REMARK_CHARACTERS = 300;

/** A line for every piece of work, with the time: it is read later, from a log. */
export function createWorkerLines(terminal: Terminal): WorkerView {
  const say = (sign: string, text: string): void =>
    terminal.line(`${moment(Date.now())} ${sign} ${oneLine(text, REMARK_CHARACTERS)}`);
  return {
    started({ name, roles, repository, config, sandbox, healthPort }, server) {
      terminal.line(`Worker ${name} takes work from ${server}`);
      terminal.line(`  roles       ${roles.join(', ')}`);
      terminal.line(`  repository  ${repository}`);
      terminal.line(`  config      ${config}`);
      terminal.line(`  sandbox     ${sandbox.found}`);
      if (healthPort !== undefined)
        terminal.line(`  health      port ${healthPort}, /health/ready`);
    },
    reported(report) {
      const told = lineOf(report);
      if (told !== undefined) say(...told);
    },
    away: ({ message }) => say('!', `${message}; asking again until the server is back`),
    back: () => say(' ', 'the server is back'),
    troubled: ({ code, message }, workflowId) =>
      say('!', `${workflowId === undefined ? '' : `${workflowId}: `}${message} (${code})`),
    otherEnding: (text) => terminal.line(`! ${text}`),
    handedOver: (workflowId, handed) =>
      say(
        ' ',
        'branch' in handed
          ? `the work of ${workflowId} is on the branch ${handed.branch}`
          : `the work of ${workflowId} has no branch: ${handed.problem}`,
      ),
    poorlyMasked(secrets) {
      for (const { variable, problem } of secrets) say('!', `the value of ${variable} ${problem}`);
    },
    pruned({ workflowIds, problems }) {
      if (workflowIds.length > 0) say(' ', `removed what lay here of ${workflowIds.join(', ')}`);
      for (const problem of problems) say('!', `what lies here could not be removed: ${problem}`);
    },
    setAside: (aside) => say('!', setAsideText(aside)),
    draining: (graceMs) =>
      say(
        ' ',
        `draining: no more work is taken; what is left after ${duration(graceMs)} is given back (once more to give it back at once)`,
      ),
    stopping: () => say(' ', 'giving back what is left (once more to leave at once)'),
    stopped: () => say(' ', 'stopped'),
  };
}

function lineOf(report: RunnerReport): readonly [sign: string, text: string] | undefined {
  switch (report.kind) {
    case 'performing':
      return ['▶', workOf(report.assignment)];
    case 'outcome': {
      const { assignment, outcome, durationMs } = report;
      const took = `${workOf(assignment)}, ${duration(durationMs)}`;
      switch (outcome.kind) {
        case 'advance':
          return ['✔', took];
        case 'request_retry':
          return ['↩', `${took}: ${outcome.reason}`];
        case 'ask':
          return ['?', `${took}: ${outcome.questions.map(({ text }) => text).join(' ')}`];
        case 'fail':
          return ['✖', `${took}: ${outcome.reason}`];
      }
      return undefined;
    }
    case 'gate_not_passed':
      return ['↩', `${workOf(report.assignment)}: ${report.error.message}`];
    case 'attempt_failed': {
      const { assignment, error } = report;
      if (error.code === 'cancelled') return ['↩', `${workOf(assignment)}: given back`];
      return ['✖', `${workOf(assignment)}: ${error.message} (${error.code})`];
    }
    default:
      return undefined;
  }
}

function workOf({ state, projectId, buildId, workflowId, attempt }: Assignment): string {
  const again = attempt === 1 ? '' : `, attempt ${attempt}`;
  return `${state} of ${projectId}/${buildId} (${workflowId}${again})`;
}
