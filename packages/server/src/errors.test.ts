import { BatonError, ERROR_CODES } from '@baton/core';
import { Code } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { RPC_CODES, toWireError } from './errors.ts';
import { HTTP_STATUS } from './http/answer.ts';
import { createLog } from './log.ts';

const log = createLog({ level: 'silent' });

describe('the error tables', () => {
  it('have every code of Baton', () => {
    expect(Object.keys(RPC_CODES).sort()).toEqual([...ERROR_CODES].sort());
    expect(Object.keys(HTTP_STATUS).sort()).toEqual([...ERROR_CODES].sort());
  });

  it('never call a refusal a bug, nor a bug a refusal', () => {
    const bugs = ERROR_CODES.filter((code) => RPC_CODES[code] === Code.Internal);
    expect(bugs).toEqual(['internal']);
    const byServer = ERROR_CODES.filter((code) => HTTP_STATUS[code] >= 500);
    expect(byServer).toEqual(['unavailable', 'deadline_exceeded', 'data_loss', 'internal']);
  });
});

describe('an error on the wire', () => {
  it('has its reason, its facts and the legal choices', () => {
    const error = new BatonError('wrong_state', "expected 'testing'", {
      legal: ['testing', 'error'],
      metadata: { state: 'planning' },
      violations: [{ field: 'completedState', description: "found 'testing'" }],
    });
    const { code, message, details } = toWireError(error, log);
    expect({ code, message }).toEqual({
      code: Code.FailedPrecondition,
      message: "expected 'testing'",
    });
    expect(details.map(({ value }) => value)).toMatchObject([
      {
        reason: 'WRONG_STATE',
        domain: 'baton.dev',
        metadata: { state: 'planning', retryable: 'false', legal: 'testing,error' },
      },
      { fieldViolations: [{ field: 'completed_state', description: "found 'testing'" }] },
    ]);
  });

  it('says when to come back only where that helps', () => {
    const types = (error: BatonError) =>
      toWireError(error, log).details.map(({ desc }) => desc.name);
    expect(types(new BatonError('unavailable', 'away'))).toEqual(['ErrorInfo', 'RetryInfo']);
    expect(types(new BatonError('not_found', 'none'))).toEqual(['ErrorInfo']);
    const hopeless = new BatonError('unavailable', 'gone', { retryable: false });
    expect(types(hopeless)).toEqual(['ErrorInfo']);
  });

  it('is text that a trailer can bear, however long it was', () => {
    const error = new BatonError('invalid_input', `\ud800${'x'.repeat(5000)}`, {
      violations: Array.from({ length: 50 }, (_, index) => ({
        field: `result.${index}.${'y'.repeat(500)}`,
        description: 'z'.repeat(500),
      })),
    });
    const { message, details } = toWireError(error, log);
    expect(message.isWellFormed()).toBe(true);
    expect(JSON.stringify([message, ...details.map(({ value }) => value)]).length).toBeLessThan(
      6000,
    );
  });
});
