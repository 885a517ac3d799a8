import { expect, it } from 'vitest';
import { argvOf } from './argv-of.ts';

it('takes a command line apart without a shell', () => {
  expect(argvOf(`python3 "my worker.py" --model 'a b' *.txt`)).toEqual([
    ...['python3', 'my worker.py', '--model', 'a b', '*.txt'],
  ]);
});

it.each([
  ['go run . && echo', "has '&&', which takes a shell"],
  ['python3 $WORKER', "has '$WORKER', which takes a shell"],
  ['worker > log', "has '>', which takes a shell"],
  [' ', 'the command is empty'],
])('refuses %j', (line, message) => {
  expect(() => argvOf(line)).toThrow(
    expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(message) }),
  );
});
