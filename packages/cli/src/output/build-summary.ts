import type { BuildResult, BuildSummary } from '@baton/builds';
import { duration, markedLines, oneLine, plain } from '@baton/builds/internal';
import { type Failure, isCancelled } from '@baton/core';
import { type LocationFlags, nextSteps } from './next-steps.ts';
import { fields, table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { tokensAndCost } from './usage.ts';

export interface SummaryOptions {
  readonly terminal: Terminal;
  readonly where: LocationFlags;
}

/** Characters of a command line that are shown at most, and at least. */
const SHOWN_ARGV = { most: 60, least: 20 };
const NOTE_CHARACTERS = 400;
const INDENT = 2;
/** Characters in front of the command that shows all details. */
const DETAILS = 50;

type Complete = Extract<BuildResult, { kind: 'complete' }>;
type Stuck = Extract<BuildResult, { kind: 'error' }>;

/** A build that has ended, for people. */
export function renderSummary(ended: Complete | Stuck, options: SummaryOptions): readonly string[] {
  const { terminal } = options;
  const { summary } = ended;
  const { buildId, complete, elapsedMs, retries, maxRetries, handoffs, walk } = summary;
  const heading = (text: string): string => terminal.style('bold', text);
  const phases = summary.phases.map(({ phase, role, visits, attempts, durationMs, usage }) => [
    phase,
    role,
    String(visits),
    String(attempts),
    duration(durationMs),
    usage === undefined ? '' : tokensAndCost(usage),
  ]);
  const verdict = complete
    ? terminal.style('green', 'is complete')
    : isCancelled(summary)
      ? terminal.style('yellow', 'was cancelled')
      : terminal.style('red', `waits in '${summary.state}'`);
  return [
    '',
    `${heading(`Build ${buildId}`)} ${verdict}`,
    ...fields([
      ['  took', duration(elapsedMs)],
      ['  states', `${new Set(walk).size} different, ${walk.length} walked, ${handoffs} handoffs`],
      ['  retries', `${retries} of ${maxRetries}`],
      ['  used', tokensAndCost(summary.usage)],
      ['  deployed to', summary.deployedTo === undefined ? '' : plain(summary.deployedTo)],
      [
        '  deployed',
        complete && summary.deployedTo === undefined ? 'nothing: the work is handed over' : '',
      ],
    ]),
    '',
    heading('Walk'),
    ...wrapped(walk, ' → ', Math.max(40, terminal.columns - 4)),
    '',
    heading('Phases'),
    ...indented(
      table(
        [
          'PHASE',
          'ROLE',
          'VISITS',
          'ATTEMPTS',
          'TIME',
          ...(tokensAndCost(summary.usage) === '' ? [] : ['USED']),
        ],
        phases,
        terminal.room - INDENT,
      ),
    ),
    ...section(
      heading('Sent back'),
      summary.waysBack.map(
        ({ from, to, by, reason }) => `${from} → ${to} by ${plain(by)}: ${oneLine(reason, 200)}`,
      ),
    ),
    ...section(
      heading('Notes'),
      counted(
        notesOf(summary).map(
          ({ phase, code, message }) => `${phase}: ${oneLine(message, NOTE_CHARACTERS)} (${code})`,
        ),
      ),
    ),
    ...section(heading('Evidence: commands that were really run'), evidenceOf(summary, terminal)),
    ...(ended.kind === 'complete' ? taking(ended, options) : stuck(ended, options, heading)),
  ];
}

function evidenceOf({ evidence }: BuildSummary, terminal: Terminal): readonly string[] {
  if (evidence.length === 0) return [];
  const headings = ['PHASE', 'PURPOSE', 'EXIT', 'TIME'];
  const rows = evidence.map(({ phase, purpose, exitCode, durationMs }) => [
    phase,
    plain(purpose),
    String(exitCode ?? 'killed'),
    duration(durationMs),
  ]);
  const taken = Math.max(...table(headings, rows).map((line) => line.length)) + 2;
  const room = Math.max(SHOWN_ARGV.least, terminal.room - INDENT - taken);
  const commands = evidence.map(({ argv }) =>
    oneLine(argv.join(' '), Math.min(SHOWN_ARGV.most, room)),
  );
  return table(
    [...headings, 'COMMAND'],
    rows.map((row, index) => [...row, commands[index] ?? '']),
    terminal.room - INDENT,
  );
}

/** Without what the commands did before the build: the run shows it as it begins. */
function notesOf({ notes }: BuildSummary): BuildSummary['notes'] {
  return notes.filter(({ code }) => code !== 'baseline');
}

/** Each text once, with how often it was there. */
function counted(texts: readonly string[]): readonly string[] {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return [...times].map(([text, count]) => (count === 1 ? text : `${text}, ${count} times`));
}

function taking(
  { summary: { workflowId }, handedOver }: Complete,
  { terminal, where }: SummaryOptions,
): readonly string[] {
  if (handedOver === undefined) return [];
  const take = (more: string) => where.command(`take ${workflowId}${more}${where.files}`, INDENT);
  const made =
    'branch' in handedOver
      ? [`on the branch ${handedOver.branch}`, `${where.git} switch ${handedOver.branch}`]
      : [`no branch was made: ${plain(handedOver.problem)}`, take('')];
  return [
    '',
    terminal.style('bold', 'The work'),
    ...indented([
      ...made,
      take(' --squash'),
      '    puts it into your files instead, to be committed by you; --patch prints it',
    ]),
  ];
}

function stuck(
  { summary, token }: Stuck,
  { where }: SummaryOptions,
  heading: (text: string) => string,
): readonly string[] {
  const { failure, workflowId } = summary;
  if (failure === undefined) return [];
  const rest = `failure.details of: ${where.command(`status ${workflowId} --json${where.state}`, DETAILS)}`;
  return [
    '',
    heading('Why'),
    `  ${whyOf(failure)}`,
    ...indented(indented(markedLines(failure.details ?? '', rest))),
    ...indented(hindrancesOf(summary, failure)),
    '',
    heading('Move it on'),
    ...indented(nextSteps(summary, failure, where, token)),
  ];
}

function whyOf(failure: Failure): string {
  const { state, code, message, by = '' } = failure;
  if (isCancelled({ failure })) return `cancelled in ${state} by ${plain(by)}: ${plain(message)}`;
  return `${state} failed (${code}): ${plain(message)}`;
}

/** What the sandbox kept from the last command that failed in the phase, with what to do: for people alone. */
function hindrancesOf({ notes }: BuildSummary, { state, message }: Failure): readonly string[] {
  const last = notes.findLast((note) => note.phase === state && note.code === 'sandbox_hindered');
  return last === undefined || message.includes(last.message) ? [] : [plain(last.message)];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, ...indented(lines)];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${' '.repeat(INDENT)}${line}`);
}

/** `parts` on as many lines as they need. */
function wrapped(parts: readonly string[], separator: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}${separator}${part}`;
    if (longer.length > columns && line !== '') {
      lines.push(`${line}${separator.trimEnd()}`);
      line = part;
    } else line = longer;
  }
  return indented([...lines, line]);
}
