import { expect, it } from 'vitest';
import { begin } from '../machine/testing/commands.ts';
import { isCancelled } from './cancelled.ts';
import { completeSnapshot, type StoredSnapshot } from './stored-snapshot.ts';

const stored = JSON.parse(JSON.stringify(begin())) as StoredSnapshot;

it('puts every key in its place that JSON leaves out', () => {
  expect(completeSnapshot(stored)).toStrictEqual(begin());
});

it.each([
  ['id', 7, 'id: expected string, found number'],
  ['revision', '7', 'revision: expected number, found string'],
  ['path', {}, 'path: expected array, found object'],
  ['performers', [], 'performers: expected object, found array'],
  ['limits', null, 'limits: expected object, found null'],
  ['questions', undefined, 'questions: expected array, found undefined'],
])('refuses a record whose %s is %j', (key, value, message) => {
  expect(() => completeSnapshot({ ...stored, [key]: value })).toThrow(new TypeError(message));
});

it('keeps what a newer version has put into a part that it knows', () => {
  const limits = { ...stored.limits, hosts: ['a'] };
  expect(completeSnapshot({ ...stored, limits } as StoredSnapshot).limits).toEqual(limits);
});

it.each([
  ['cancelled', undefined, 'attempt_cancelled', false],
  ['cancelled', 'ada', 'cancelled', true],
  ['unavailable', undefined, 'unavailable', false],
])('has a failure with code %s by %s as %s', (code, by, expected, cancelled) => {
  const failure = { state: 'discovery', phase: 'discovery', code, message: 'm', at: 1, by };
  const older = { ...stored, state: 'error', failure: JSON.parse(JSON.stringify(failure)) };
  const whole = completeSnapshot(older as StoredSnapshot);
  expect(whole.failure).toStrictEqual({ ...failure, code: expected, details: undefined });
  expect(isCancelled(whole)).toBe(cancelled);
});

it('takes no failure for a cancellation that names no one, as a server of an older version tells it', () => {
  expect(isCancelled({ failure: { code: 'cancelled', by: undefined } })).toBe(false);
});
