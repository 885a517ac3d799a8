import type { BuildResult, OpenedBuild, TokenHint } from '@baton/builds';
import { quoted } from '@baton/builds/host';
import {
  BASELINE_STEP,
  duration,
  oneLine,
  plain,
  stopwatch,
  visible,
} from '@baton/builds/internal';
import {
  type BatonError,
  BUILD_AND_HAND_OVER,
  type RunnerReport,
  type WorkflowEvent,
  type WorkflowStatus,
} from '@baton/core';
import { renderSummary } from './build-summary.ts';
import type { BuildView } from './build-view.ts';
import { describeEvent, type Tone } from './describe-event.ts';
import type { LocationFlags } from './next-steps.ts';
import { setAsideText } from './set-aside-text.ts';
import type { Terminal } from './terminal.ts';

const STYLES = { good: 'green', bad: 'red', warning: 'yellow', neutral: 'bold' } as const;

const ON = 'Go on with: ';

/** Characters of the time in front of each line. */
const STOPWATCH = 7;

/** What a role says may be of any length. */
const REMARK_CHARACTERS = 300;

export interface ProgressOptions {
  readonly terminal: Terminal;
  /** How to type commands that find what is in a repository. */
  readonly locate: (repository: string, server?: string) => LocationFlags;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** A build that fails for the reason of its last attempt, which was told a line before. */
function withoutRepetition(event: WorkflowEvent, told: string): WorkflowEvent {
  if (event.type !== 'workflow_failed' || event.data['message'] !== told) return event;
  return { ...event, data: { ...event.data, message: 'for that reason' } };
}

/** Shows people how a build goes: a line for every change, and, on a terminal, what goes on now. */
export function createBuildProgress(options: ProgressOptions): BuildView {
  const { terminal, locate, now } = options;
  let where = locate('.');
  let startedAt = now();
  let current: { readonly event: WorkflowEvent; said: string } | undefined;
  let troubled = '';
  /** Whether what the baseline did was told step by step: then its note says nothing new. */
  let isBaselineTold = false;
  let failed = '';
  const status = createStatusLine(terminal, () => current && describeNow(current));

  function describeNow({ event: { data, at }, said }: { event: WorkflowEvent; said: string }) {
    const { state, role, attempt } = data;
    const again = attempt === 1 ? '' : ` · attempt ${attempt}`;
    const doing = `${state} · ${role}${again} · ${duration(now() - at)}`;
    return `${stopwatch(now() - startedAt).padStart(STOPWATCH)}   ${doing}${said && ` · ${said}`}`;
  }

  function say(at: number, sign: string, text: string, tone?: Tone): void {
    const time = terminal.style('dim', stopwatch(at - startedAt).padStart(STOPWATCH));
    const mark = tone === undefined ? sign : terminal.style(STYLES[tone], sign);
    status.above(`${time} ${mark} ${text}`, STOPWATCH + 3);
  }

  function remark(text: string): void {
    say(now(), ' ', terminal.style('dim', oneLine(text, REMARK_CHARACTERS)));
  }

  function endOf(result: BuildResult): readonly string[] {
    switch (result.kind) {
      case 'interrupted': {
        const { workflowId } = result;
        return [`${ON}${where.command(`resume ${workflowId}${where.files}`, ON.length)}`];
      }
      case 'waiting':
        return waysToAnswer(result.status, where, result.token);
      case 'error':
      case 'complete':
        return renderSummary(result, { terminal, where });
    }
  }

  return {
    opened({ status: found, begun, repository, server }: OpenedBuild) {
      where = locate(repository, server);
      startedAt = found.createdAt;
      terminal.line(
        `${terminal.style('bold', `Build ${found.buildId}`)} in ${repository} (${found.workflowId})`,
      );
      if (found.definition.name === BUILD_AND_HAND_OVER) {
        remark('hands a branch over; does not deploy');
      }
      if (found.completedAt !== undefined) {
        remark('it is complete already; the command run begins another one with --new');
      }
      if (begun || found.completedAt !== undefined || found.state === 'error') return;
      const { state, createdAt, attempt } = found;
      const since = duration(now() - createdAt);
      const tried = attempt === 0 ? '' : `, attempt ${attempt} begun before`;
      remark(`begun ${since} ago; goes on in '${state}'${tried}`);
    },
    confined: (_, found) => remark(`sandbox: ${found}`),
    uncommitted(files) {
      const [first = ''] = files;
      const more = files.length === 1 ? '' : ` and ${files.length - 1} more`;
      remark(`begins from the last commit, without what is not committed: ${first}${more}`);
    },
    poorlyMasked(secrets) {
      for (const { variable, problem } of secrets) {
        say(now(), '!', `the value of ${variable} ${problem}`, 'warning');
      }
    },
    pruned({ workflowIds: { length }, problems }) {
      const [first] = problems;
      const many = length === 1 ? 'a build' : `${length} builds`;
      if (length > 0) remark(`removed what lay here of ${many} by its retention`);
      if (first !== undefined) remark(`what lies here of builds could not be removed: ${first}`);
    },
    setAside: (aside) => say(now(), '!', setAsideText(aside), 'warning'),
    happened(event: WorkflowEvent) {
      if (event.type === 'noted' && event.data['code'] === 'baseline' && isBaselineTold) return;
      const { sign, text, tone } = describeEvent(withoutRepetition(event, failed));
      if (event.type === 'attempt_failed') failed = String(event.data['message']);
      const took = event.type === 'state_advanced' && current !== undefined;
      const since = took ? `  ${duration(event.at - (current?.event.at ?? event.at))}` : '';
      current = event.type === 'assignment_claimed' ? { event, said: '' } : undefined;
      say(event.at, sign, `${text}${terminal.style('dim', since)}`, tone);
    },
    reported(report: RunnerReport) {
      if (report.kind !== 'progress') return;
      isBaselineTold ||= report.message.startsWith(BASELINE_STEP);
      if (current !== undefined) current.said = oneLine(report.message, REMARK_CHARACTERS);
      remark(`· ${report.message}`);
    },
    following(holder) {
      remark(`${holder} runs this build: this one follows, and goes on if that one ends`);
    },
    tookOver: () => remark('the other process is gone: this one goes on'),
    troubled({ message, code }: BatonError) {
      if (message !== troubled) remark(`${message} (${code}); trying again`);
      troubled = message;
    },
    interrupted: () => remark('interrupted: stopping in order (once more to leave at once)'),
    ended(result) {
      status.dispose();
      for (const line of endOf(result)) terminal.line(line);
    },
    dispose: () => status.dispose(),
  };
}

const ERASE_LINE = '\r\u001b[2K';
const REDRAW_MS = 250;

/** The last line of a terminal that a person watches: it always says what is going on now. */
interface StatusLine {
  /** Writes a line that stays, above the status; as `Terminal.line` does. */
  above(text: string, hang?: number): void;
  /** Takes the line away for good. */
  dispose(): void;
}

/** @param describe what to show now, on one line and without styles; undefined for nothing. Called several times a second. */
function createStatusLine(terminal: Terminal, describe: () => string | undefined): StatusLine {
  if (!terminal.live)
    return { above: (text, hang) => terminal.line(text, hang), dispose: () => undefined };
  let drawn = false;

  function erase(): void {
    if (drawn) terminal.write(ERASE_LINE);
    drawn = false;
  }

  function draw(): void {
    erase();
    const described = describe();
    if (described === undefined) return;
    const text = visible(described);
    terminal.write(terminal.style('dim', text.slice(0, terminal.columns - 1)));
    drawn = true;
  }

  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  return {
    above(text, hang) {
      erase();
      terminal.line(text, hang);
      draw();
    },
    dispose() {
      clearInterval(timer);
      erase();
    },
  };
}

const THEN = 'Then go on with: ';

/** What a build waits for, and the commands that settle it. */
function waysToAnswer(
  { workflowId, awaiting, state, questions }: WorkflowStatus,
  where: LocationFlags,
  token: TokenHint,
): readonly string[] {
  const open = questions.filter(({ answer }) => answer === undefined);
  const approval = awaiting?.kind === 'approval' ? awaiting : undefined;
  const by = `${workflowId} --by ${quoted(approval?.approvers[0] ?? '<who>')}`;
  const command = (text: string): string => `  ${where.command(text, 2)}`;
  const settle =
    approval === undefined
      ? open.flatMap(({ id, text, choices, askedBy }) => [
          '',
          `${plain(askedBy)} asks: ${plain(text)}${choices.length === 0 ? '' : ` (${plain(choices.join(' / '))})`}`,
          command(`answer ${workflowId} ${id} "the answer"${where.state}${token.option}`),
        ])
      : [
          '',
          `'${state}' → '${approval.to}' waits for approval${approval.approvers.length === 0 ? '' : ` by ${plain(approval.approvers.join(' or '))}`}`,
          command(`approve ${by}${where.state}${token.option}`),
          command(
            `approve ${by} --reject --reason "what to do differently"${where.state}${token.option}`,
          ),
        ];
  const resume = where.command(`resume ${workflowId}${where.files}`, THEN.length);
  const remark = token.remark === undefined ? [] : [token.remark];
  const inBrowser = [
    '',
    'What it is about, and the same in a browser:',
    command(`console${where.state}`),
  ];
  return [...settle, ...inBrowser, '', ...remark, `${THEN}${resume}`];
}
