import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStorage } from '../public/lib/storage.js';

function fakeStorage(entries = {}) {
  const map = new Map(Object.entries(entries));
  return { getItem: (key) => map.get(key) ?? null, setItem: (key, value) => map.set(key, value) };
}

test('what was saved is loaded again', () => {
  const storage = createStorage(fakeStorage(), 'tasks');
  storage.save([{ title: 'a', done: false }]);
  assert.deepEqual(storage.load([]), [{ title: 'a', done: false }]);
});

test('what is absent or unreadable gives the fallback', () => {
  assert.deepEqual(createStorage(fakeStorage(), 'tasks').load([]), []);
  assert.deepEqual(createStorage(fakeStorage({ tasks: '{oops' }), 'tasks').load([]), []);
});
