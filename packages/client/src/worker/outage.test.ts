import { BatonError, type RunnerReport } from '@baton/core';
import { expect, it } from 'vitest';
import { createOutage } from './outage.ts';

const trouble = (
  code: 'unavailable' | 'unauthenticated' | 'permission_denied',
  message: string,
): RunnerReport => ({
  ...{ kind: 'trouble', workflowId: undefined },
  error: new BatonError(code, message),
});

function heardBy(...reports: readonly (readonly [runner: string, report: RunnerReport])[]) {
  const told: string[] = [];
  const outage = createOutage<string>(
    ({ message }) => told.push(message),
    () => told.push('back'),
  );
  for (const [runner, report] of reports) outage.heard(runner, report);
  return told;
}

it('tells of a refused caller once, whichever runner hears it, until the reason is another', () => {
  const revoked = trouble('unauthenticated', 'revoked');
  const denied = trouble('permission_denied', 'not perform');
  const told = heardBy(
    ['a', revoked],
    ['a', revoked],
    ['b', revoked],
    ['a', denied],
    ['a', denied],
  );
  expect(told).toEqual(['revoked', 'not perform']);
});

it('tells of it again after the server has taken the caller, and says of no server that it is back', () => {
  const revoked = trouble('unauthenticated', 'revoked');
  expect(heardBy(['a', revoked], ['a', { kind: 'listening' }], ['a', revoked])).toEqual([
    'revoked',
    'revoked',
  ]);
});

it('tells of a server that is away besides', () => {
  const away = trouble('unavailable', 'away');
  const revoked = trouble('unauthenticated', 'revoked');
  expect(
    heardBy(['a', revoked], ['a', away], ['a', away], ['a', revoked], ['a', { kind: 'listening' }]),
  ).toEqual(['revoked', 'away', 'back']);
});
