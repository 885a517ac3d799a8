import { OUTSIDE_SOURCES } from '@baton/adapters/checks';
import type { HandOverRequest } from '@baton/adapters/workspace';
import { BatonError, type JsonObject } from '@baton/core';
import { z } from 'zod';
import type { HandOverConfig } from '../config/argv-schema.ts';
import { slugOf } from './build-id.ts';
import type { BuildSummary } from './build-summary.ts';

const changedLinesSchema = z.object({ executable: z.number(), coveragePercent: z.number() });

const TITLE_CHARACTERS = 72;
const ID_CHARACTERS = 8;

/** What is needed of a build. */
type Handed = Pick<
  BuildSummary,
  | 'workflowId'
  | 'buildId'
  | 'state'
  | 'checkpoint'
  | 'completedAt'
  | 'outputs'
  | 'evidence'
  | 'notes'
>;

/**
 * How the work of a complete build is handed over: the title from the request, the body from what was
 * measured.
 *
 * @throws BatonError `wrong_state` when it is not complete, or has no workspace.
 */
export function handOverRequest(
  summary: Handed,
  request: string,
  config: HandOverConfig,
): HandOverRequest {
  const { workflowId, buildId, checkpoint, completedAt } = summary;
  if (completedAt === undefined || checkpoint === undefined) {
    throw new BatonError(
      'wrong_state',
      `build '${buildId}' is in '${summary.state}': only work that was verified to the end is handed over`,
    );
  }
  const id = workflowId.replace(/^wf_/, '').slice(0, ID_CHARACTERS);
  const title = titleOf(request);
  const { author, committer, sign } = config;
  return {
    workflowId,
    checkpoint,
    branch: filled(config.branch, { title: slugOf(title) || 'build', id, build: buildId }),
    message: filled(config.message, { title, request, body: bodyOf(summary) }),
    at: completedAt,
    author,
    committer,
    sign,
  };
}

function titleOf(request: string): string {
  const [first = ''] = request.trim().split('\n');
  const characters = [...first.replace(/\s+/g, ' ').trim()];
  if (characters.length <= TITLE_CHARACTERS) return characters.join('');
  return `${characters.slice(0, TITLE_CHARACTERS - 1).join('')}…`;
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** What was done, and what was really run to judge it: a baseline ran on other files. */
function bodyOf({ outputs, evidence, checkpoint, notes }: Handed): string {
  const { summary } = outputs['implementation'] ?? {};
  const onThese = evidence.filter((one) => one.workspaceDigest === checkpoint?.digest);
  const runs = onThese.map(
    ({ purpose, argv, exitCode }) =>
      `- ${purpose}: ${shortened(argv.join(' '))} (exit code ${exitCode ?? 'none'})`,
  );
  const paragraphs = [
    typeof summary === 'string' ? summary.trim() : '',
    testsOf(outputs['testing'] ?? {}),
    sentence(notes.findLast(({ code }) => code === OUTSIDE_SOURCES)?.message ?? ''),
    runs.length === 0 ? '' : `Run on exactly these files:\n${runs.join('\n')}`,
  ];
  return paragraphs.filter((text) => text !== '').join('\n\n');
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function testsOf(output: JsonObject): string {
  const { testsPassed, testsFailed, testsKnownToFail } = output;
  if (typeof testsPassed !== 'number') return '';
  const known =
    typeof testsKnownToFail === 'number'
      ? `, ${testsKnownToFail} of them before the build, too`
      : '';
  return `Tests: ${testsPassed} passed, ${Number(testsFailed ?? 0)} failed${known}${coverageOf(output)}.`;
}

/** A gate on changed lines says nothing about all of them, so the message has both. */
function coverageOf({ coveragePercent, changedLines }: JsonObject): string {
  if (typeof coveragePercent !== 'number') return '';
  const changed = changedLinesSchema.safeParse(changedLines).data;
  if (changed === undefined) return `; line coverage ${rounded(coveragePercent)}`;
  const ofChanged =
    changed.executable === 0
      ? 'no executable line changed'
      : `line coverage ${rounded(changed.coveragePercent)} of the changed lines`;
  return `; ${ofChanged}, ${rounded(coveragePercent)} of all`;
}

function rounded(percent: number): string {
  return `${Math.round(percent)} %`;
}

const ARGV_CHARACTERS = 100;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= ARGV_CHARACTERS ? line : `${line.slice(0, ARGV_CHARACTERS - 1)}…`;
}
