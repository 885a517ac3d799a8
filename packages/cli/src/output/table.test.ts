import { styleText } from 'node:util';
import { expect, test } from 'vitest';
import { fields, table } from './table.ts';

test('columns are aligned whatever their style, without trailing blanks', () => {
  const red = styleText('red', 'ab', { validateStream: false });
  expect(
    table(
      ['A', 'B'],
      [
        [red, 'x'],
        ['abcd', ''],
      ],
    ),
  ).toEqual(['A     B', `${red}    x`, 'abcd']);
});

test('fields without a value are left out, a zero is not', () => {
  expect(
    fields([
      ['a', 0],
      ['long', 'x'],
      ['b', undefined],
      ['c', ''],
    ]),
  ).toEqual(['a     0', 'long  x']);
});

test('rows that are wider than the room are fields one below another, broken at words', () => {
  const rows = [
    ['wf_1', 'one two three'],
    ['wf_2', ''],
  ];
  expect(table(['WORKFLOW', 'WHY'], rows, 23)).toEqual([
    'WORKFLOW  WHY',
    'wf_1      one two three',
    'wf_2',
  ]);
  expect(table(['WORKFLOW', 'WHY'], rows, 22)).toEqual([
    'WORKFLOW  wf_1',
    'WHY       one two',
    '          three',
    '',
    'WORKFLOW  wf_2',
  ]);
});
