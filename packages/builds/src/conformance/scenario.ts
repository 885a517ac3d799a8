import type { Bench, Field } from './field.ts';

/** What a worker is held against. It resolves with what was seen, and rejects with {@link NotMet}. */
export type Scenario = {
  readonly name: string;
  /** What a worker does that passes, for people. */
  readonly expected: string;
} & (
  | {
      /** Needs what a client of a server can do. */
      readonly where: 'anywhere';
      run(field: Field): Promise<string>;
    }
  | {
      /** Needs a server of its own, which fails on purpose, and the worker's process. */
      readonly where: 'own-server';
      run(bench: Bench): Promise<string>;
    }
);
