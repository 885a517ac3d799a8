import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTask, summary, toggleTask } from '../public/lib/board.js';

test('a task is added at the end, trimmed and open', () => {
  assert.deepEqual(addTask([{ title: 'a', done: true }], ' b '), [
    { title: 'a', done: true },
    { title: 'b', done: false },
  ]);
});

test('a task without a title is not added', () => {
  const tasks = [{ title: 'a', done: false }];
  assert.equal(addTask(tasks, '   '), tasks);
});

test('toggling changes one task and leaves the others', () => {
  const tasks = addTask(addTask([], 'a'), 'b');
  assert.deepEqual(
    toggleTask(tasks, 1).map(({ done }) => done),
    [false, true],
  );
  assert.deepEqual(toggleTask(toggleTask(tasks, 1), 1), tasks);
});

test('the summary counts what is open', () => {
  assert.equal(summary([]), 'Nothing to do.');
  assert.equal(summary(toggleTask(addTask(addTask([], 'a'), 'b'), 0)), '1 of 2 open');
});
