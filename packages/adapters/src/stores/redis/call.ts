import type { Script } from './scripts.ts';

/** A script with its keys and arguments. */
export interface Call {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** The answer of a script; its first word is the kind. */
export type Answer = readonly string[];

/** Packs the arguments into one: a whole workflow has more than a call may have. */
export function argumentsOf({ keys, args }: Call): [count: number, rest: string[]] {
  return [keys.length, [...keys, ...args]];
}
