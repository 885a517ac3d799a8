import type { Script } from './scripts.ts';

/** A script with what it works on. */
export interface Call {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** What a script answers; its first word says what it is. */
export type Answer = readonly string[];

/** As a list in one argument: a whole workflow has more of them than a call may have. */
export function argumentsOf({ keys, args }: Call): [count: number, rest: string[]] {
  return [keys.length, [...keys, ...args]];
}
