import { BatonError } from '@baton/core';
import { parse } from 'shell-quote';

/**
 * The program and the arguments of a command line, as a shell would take it apart. No shell runs it: a signal
 * reaches the program itself.
 *
 * @throws BatonError `invalid_input` for what only a shell understands, and for an empty line.
 */
export function argvOf(line: string): readonly string[] {
  const words = parse(line, (name) => ({ op: `$${name}` }));
  const argv = words.map((word) => {
    if (typeof word === 'string') return word;
    if ('pattern' in word) return word.pattern;
    const found = 'op' in word ? word.op : '#';
    throw new BatonError(
      'invalid_input',
      `the command has '${found}', which takes a shell: expected a program and its arguments, such as python3 my_worker.py`,
    );
  });
  if (argv.length > 0) return argv;
  throw new BatonError(
    'invalid_input',
    'the command is empty: expected a program and its arguments, such as python3 my_worker.py',
  );
}
