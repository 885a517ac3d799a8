import type { BuildSummary } from '../run/build-summary.ts';
import type { HandedOver } from '../run/run-observer.ts';
import { lastLines } from './last-lines.ts';
import { fields, oneLine, plain, table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { duration } from './times.ts';
import { tokensAndCost } from './usage.ts';
import { waysOn } from './ways-on.ts';
import type { Whereabouts } from './whereabouts.ts';

export interface SummaryOptions {
  readonly terminal: Terminal;
  readonly where: Whereabouts;
  readonly handedOver: HandedOver | undefined;
}

const SHOWN_ARGV = 60;

/** A build that has ended, for people. */
export function renderSummary(summary: BuildSummary, options: SummaryOptions): readonly string[] {
  const { terminal, where } = options;
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
      summary.notes.map(
        ({ phase, code, message }) => `${phase}: ${oneLine(message, 200)} (${code})`,
      ),
    ),
    ...section(heading('Evidence: commands that were really run'), evidenceOf(summary)),
    ...(complete ? taking(summary, options, heading) : stuck(summary, where, heading)),
  ];
}

function evidenceOf({ evidence }: BuildSummary): readonly string[] {
  if (evidence.length === 0) return [];
  return table(
    ['PHASE', 'PURPOSE', 'EXIT', 'TIME', 'COMMAND'],
    evidence.map(({ phase, purpose, exitCode, durationMs, argv }) => [
      phase,
      plain(purpose),
      String(exitCode ?? 'killed'),
      duration(durationMs),
      oneLine(argv.join(' '), SHOWN_ARGV),
    ]),
  );
}

function taking(
  { workflowId }: BuildSummary,
  { handedOver, where }: SummaryOptions,
  heading: (text: string) => string,
): readonly string[] {
  if (handedOver === undefined) return [];
  const take = `baton take ${workflowId}`;
  const made =
    'branch' in handedOver
      ? [`on the branch ${handedOver.branch}: git switch ${handedOver.branch}`]
      : [`no branch was made: ${handedOver.problem}`, `${take}${where.files}`];
  return [
    '',
    heading('The work'),
    ...indented([
      ...made,
      `${take} --squash${where.files}`,
      '    puts it into your files instead, to be committed by you; --patch prints it',
    ]),
  ];
}

function stuck(
  summary: BuildSummary,
  where: Whereabouts,
  heading: (text: string) => string,
): readonly string[] {
  const { failure, workflowId } = summary;
  if (failure === undefined) return [];
  const rest = `failure.details of baton status ${workflowId} --json${where.state}`;
  return [
    '',
    heading('Why'),
    `  ${failure.state} failed (${failure.code}): ${plain(failure.message)}`,
    ...indented(indented(lastLines(failure.details ?? '', rest))),
    '',
    heading('Move it on'),
    ...indented(waysOn(summary, failure, where)),
  ];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, ...indented(lines)];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
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
