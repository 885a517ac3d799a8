import { parse } from 'shell-quote';
import { isCheck } from './is-check.ts';

/**
 * Whether a line that only a shell understands does nothing but check, such as
 * `eclint check $(git ls-files)`: each of its commands is a check, and no word in it runs tests.
 *
 * @param isRunner whether a command runs tests.
 */
export function onlyChecks(text: string, isRunner: (argv: readonly string[]) => boolean): boolean {
  const commands: string[][] = [[]];
  const words: string[] = [];
  let depth = 0;
  for (const token of parse(text, (name) => ({ op: `$${name}` }))) {
    if (typeof token === 'string') {
      words.push(token);
      if (depth === 0) commands.at(-1)?.push(token);
    } else if ('op' in token) {
      if (token.op === '(') depth += 1;
      else if (token.op === ')') depth -= 1;
      else if (depth === 0 && /^(&&?|\|\|?|;)$/.test(token.op)) commands.push([]);
    }
  }
  return commands.every((one) => isCheck(one)) && !words.some((word) => isRunner([word]));
}
