import type { BuildSummary } from '../run/build-summary.ts';
import { fields, oneLine, plain, table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { duration } from './times.ts';

/** What to put behind commands that are shown, so that they find the build. */
export interface Whereabouts {
  /** For the operations. */
  readonly state: string;
  /** For what works on the files. */
  readonly files: string;
}

export interface SummaryOptions {
  readonly terminal: Terminal;
  readonly workspace: string;
  readonly where: Whereabouts;
}

const SHOWN_ARGV = 60;

/** A build that has ended, for people. */
export function renderSummary(
  summary: BuildSummary,
  { terminal, workspace, where }: SummaryOptions,
): readonly string[] {
  const { buildId, complete, elapsedMs, retries, maxRetries, handoffs, walk } = summary;
  const heading = (text: string): string => terminal.style('bold', text);
  const phases = summary.phases.map(({ phase, role, visits, attempts, durationMs }) => [
    phase,
    role,
    String(visits),
    String(attempts),
    duration(durationMs),
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
      ['  deployed to', summary.deployedTo === undefined ? '' : plain(summary.deployedTo)],
    ]),
    '',
    heading('Walk'),
    ...wrapped(walk, ' → ', Math.max(40, terminal.columns - 4)),
    '',
    heading('Phases'),
    ...indented(table(['PHASE', 'ROLE', 'VISITS', 'ATTEMPTS', 'TIME'], phases)),
    ...section(
      heading('Sent back'),
      summary.waysBack.map(
        ({ from, to, by, reason }) => `${from} → ${to} by ${plain(by)}: ${oneLine(reason, 200)}`,
      ),
    ),
    ...section(heading('Evidence: commands that were really run'), evidenceOf(summary)),
    ...(complete ? taking(summary, workspace, heading) : movingOn(summary, where, heading)),
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
  { ref }: BuildSummary,
  workspace: string,
  heading: (text: string) => string,
): readonly string[] {
  return [
    '',
    heading('Take the work'),
    `  cd ${quoted(workspace)} && git merge --squash ${ref} && git commit`,
  ];
}

function movingOn(
  { failure, workflowId, phases }: BuildSummary,
  where: Whereabouts,
  heading: (text: string) => string,
): readonly string[] {
  if (failure === undefined) return [];
  const target = phases[0]?.phase ?? failure.phase;
  return [
    '',
    heading('Why'),
    `  ${failure.state} failed (${failure.code}): ${plain(failure.message)}`,
    '',
    heading('Move it on'),
    ...indented([
      `baton request-retry ${workflowId} --reason "what to do differently"${where.state}`,
      `    does ${failure.phase} again, the reason as feedback`,
      `baton rollback ${workflowId} --to ${target} --reason "why"${where.state}`,
      `    goes back to where ${target} began, with its files`,
      `baton resume ${workflowId}${where.files}`,
      '    then goes on',
    ]),
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

/** A word that a shell takes as it is. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
