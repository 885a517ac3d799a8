import { expect, it } from 'vitest';
import { begin } from '../machine/testing/commands.ts';
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
