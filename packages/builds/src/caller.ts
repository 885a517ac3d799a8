import type { Redact } from '@baton/core';

/** Variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the process that calls has. */
export interface Caller {
  readonly env: Environment;
  /** The folder that relative paths start from; absolute. */
  readonly cwd: string;
  /** What to type in front of a command of Baton's, where its advice is read. */
  readonly invocation: string;
  /** Called with the function that masks errors from here on, once a configuration with secrets was read. */
  maskErrors(redact: Redact): void;
}

/** The parts of a caller that options may name. */
export interface CallerOptions {
  /** Default: `process.env`. */
  readonly env?: Environment | undefined;
  /** The folder that relative paths start from; absolute. Default: `process.cwd()`. */
  readonly cwd?: string | undefined;
  /** What to type in front of a command of Baton's, where its advice is read. Default: `baton`. */
  readonly invocation?: string | undefined;
  /**
   * Called, once a configuration is read, with the function that masks its secrets. Apply it to errors that
   * you print. Default: not called.
   */
  readonly maskErrors?: ((redact: Redact) => void) | undefined;
}

export function callerOf(options: CallerOptions): Caller {
  return {
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
    invocation: options.invocation ?? 'baton',
    maskErrors: options.maskErrors ?? (() => undefined),
  };
}
