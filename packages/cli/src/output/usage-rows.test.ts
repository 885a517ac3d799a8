import type { UsageRow } from '@baton/core';
import { expect, it } from 'vitest';
import { usageCsv, usageTable } from './usage-rows.ts';

const row: UsageRow = {
  role: 'code_writer',
  model: 'acme:large',
  day: undefined,
  attempts: 2,
  durationMs: 61_000,
  requests: 3,
  inputTokens: 40,
  cachedInputTokens: 5,
  outputTokens: 6,
  reasoningTokens: 1,
  cost: 0.25,
  unpricedRequests: 0,
  unsettledTokens: -7,
  unsettledCost: 0,
};
const span = { projectId: 'shop, "the"', from: '2026-01-01', to: '2026-02-01' };

it('is written as a line for each role and model, with its span', () => {
  expect(usageCsv(span, [row]).split('\r\n')).toEqual([
    'project,from,to,role,model,attempts,durationMs,requests,inputTokens,cachedInputTokens,outputTokens,reasoningTokens,cost,unpricedRequests,unsettledTokens,unsettledCost',
    '"shop, ""the""",2026-01-01,2026-02-01,code_writer,acme:large,2,61000,3,40,5,6,1,0.25,0,-7,0',
    '',
  ]);
});

it.each(['=1+1', '+1', '-1', '@a'])(
  'keeps a spreadsheet from reckoning with the model %s',
  (model) => {
    expect(usageCsv(span, [{ ...row, model }])).toContain(`,code_writer,'${model},2,`);
  },
);

it('is shown with what is not known of the cost', () => {
  const lines = usageTable([row, { ...row, model: '', unpricedRequests: 1 }], 200);
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^code_writer +acme:large +2 .* 40 +6 +0\.25$/);
  expect(lines[2]).toMatch(/^code_writer +- +2 .* more than 0\.25$/);
});

it('has a column for the day where each is a row', () => {
  const ofDay = { ...row, day: '2026-01-31' };
  const [headings, line] = usageCsv(span, [ofDay]).split('\r\n');
  expect(headings).toMatch(/^project,from,to,day,role,/);
  expect(line).toContain(',2026-02-01,2026-01-31,code_writer,');
  expect(usageTable([ofDay], 200)[1]).toMatch(/^2026-01-31 +code_writer /);
});
