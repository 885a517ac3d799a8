import type { Assignment } from '@baton/core';
import { BatonError } from '@baton/core';
import { expect, it } from 'vitest';
import { createWorkerLog } from './worker-log.ts';

const work = {
  workflowId: 'wf_1',
  buildId: 'b1',
  state: 'testing',
  role: 'test_auditor',
  attempt: 2,
};

function logged() {
  const written: string[] = [];
  const log = createWorkerLog({ write: (text) => void written.push(text) });
  const lines = () =>
    written
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { log, lines };
}

it('is a line of JSON for each thing, with its kind, its level and its time', () => {
  const { log, lines } = logged();
  const assignment = work as Assignment;
  log.reported({ kind: 'performing', assignment });
  log.reported({ kind: 'progress', assignment, message: 'reading' });
  log.troubled(new BatonError('unavailable', 'the git remote is away'), 'wf_1');
  log.stopped();
  const found = lines();
  for (const { time } of found) expect(time).toBe(new Date(time).toISOString());
  expect(found.map(({ time: _, ...rest }) => rest)).toEqual([
    { level: 'info', message: 'performing', kind: 'performing', ...work },
    { level: 'debug', message: 'reading', kind: 'progress', ...work },
    {
      ...{ level: 'warn', kind: 'trouble', code: 'unavailable' },
      ...{ message: 'the git remote is away', workflowId: 'wf_1' },
    },
    { level: 'info', message: 'stopped', kind: 'stopped' },
  ]);
});

it('shows no key', () => {
  const { log, lines } = logged();
  log.away(new BatonError('unavailable', 'postgres://ada:hunter22@db/x is away'));
  expect(lines()).toMatchObject([{ message: 'postgres://ada:[secret]@db/x is away' }]);
});
