import { BatonError } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { isOwnFault, toBatonError } from './errors.ts';

const withCode = (code: string) => Object.assign(new Error('no'), { code });

describe('an error of PostgreSQL', () => {
  it.each([
    ['40001', 'a serialization failure'],
    ['40P01', 'a deadlock'],
    ['53100', 'a full disk'],
    ['53300', 'too many connections'],
    ['57014', 'a statement timeout'],
    ['57P01', 'a shutdown'],
    ['57P03', 'a start'],
    ['08006', 'a broken connection'],
    ['25006', 'a read-only replica'],
    ['ECONNREFUSED', 'no server'],
  ])("%s, %s, is unavailable and no commit's own fault", (code) => {
    const error = toBatonError(withCode(code), 'the database');
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(error.message).toBe('the database: no');
    expect(isOwnFault(withCode(code))).toBe(false);
  });

  it.each([
    ['28P01', 'a wrong password'],
    ['3D000', 'a missing database'],
    ['3F000', 'a missing schema'],
    ['42501', 'a missing right'],
    ['42P01', 'a missing table'],
  ])('%s, %s, is unavailable and does not pass by waiting', (code) => {
    const found = { code: 'unavailable', retryable: false };
    expect(toBatonError(withCode(code), 'the database')).toMatchObject(found);
    expect(isOwnFault(withCode(code))).toBe(false);
  });

  it.each(['22P05', '23505', '54000'])("%s is one commit's own fault", (code) => {
    expect(toBatonError(withCode(code), '')).toMatchObject({ code: 'internal', retryable: false });
    expect(isOwnFault(withCode(code))).toBe(true);
  });

  it.each(['XX001', 'XX002'])('%s is data_loss', (code) => {
    expect(toBatonError(withCode(code), '')).toMatchObject({ code: 'data_loss' });
  });

  it('stays what it is when it is one of ours, and tells of every address that was tried', () => {
    const ours = new BatonError('not_found', 'no');
    expect(toBatonError(ours, '')).toBe(ours);
    const both = new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]);
    expect(toBatonError(both, 'x').message).toBe('x: ::1 refused; 127.0.0.1 refused');
  });
});
