import { BatonError } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { toBatonError } from './errors.ts';

const said = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

describe('an error of Redis', () => {
  it.each([
    'READONLY You can’t write against a read only replica.',
    'LOADING Redis is loading the dataset in memory',
    'MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to ‘no’.',
    'CLUSTERDOWN The cluster is down',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'MOVED 1 127.0.0.1:2',
    'NOREPLICAS Not enough good replicas to write.',
    'OOM command not allowed',
    'MISCONF Errors writing to the AOF file',
    'ERR max number of clients reached',
  ])('%s: it passes', (message) => {
    expect(toBatonError(said(message), 'x')).toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: `x: ${message}`,
    });
  });

  it('without a reply is retryable', () => {
    const error = toBatonError(new Error('Connection is closed.'), 'x');
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it.each([
    ['WRONGPASS invalid username-password pair', { code: 'unavailable', retryable: false }],
    ['NOPERM no permissions', { code: 'unavailable', retryable: false }],
    ['WRONGTYPE Operation against a key', { code: 'data_loss' }],
    ['ERR unknown command', { code: 'internal', retryable: false }],
  ])('%s does not', (message, expected) => {
    expect(toBatonError(said(message), 'x')).toMatchObject(expected);
  });

  it('stays what it is when it is one of ours, and is a bug when it is one of the code', () => {
    const ours = new BatonError('not_found', 'no');
    expect(toBatonError(ours, 'x')).toBe(ours);
    expect(toBatonError(new TypeError('no'), 'x')).toMatchObject({ code: 'internal' });
  });
});
