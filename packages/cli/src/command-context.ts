import type { Readable } from 'node:stream';
import type { Caller } from '@baton/builds/internal';
import type { ExitCode } from './exit-codes.ts';
import type { OutputStream } from './output/terminal.ts';

/** The part of a readable stream that input needs. */
export interface InputStream extends Readable {
  readonly isTTY?: boolean;
}

/** What a command gets from its process. */
export interface CommandContext extends Caller {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Sets the exit code of the process for a command that ends without an error. */
  exit(code: ExitCode): void;
  /** Ends the process at once. */
  leave(code: ExitCode): never;
  /**
   * Calls `listener` at each Ctrl-C or SIGTERM, and once when the terminal is gone or an error was not
   * caught.
   *
   * @returns a function that removes the listener.
   */
  onInterrupt(listener: () => void): () => void;
  /** Does what Ctrl-C does. A prompt calls it, because the prompt reads the keyboard. */
  interrupt(): void;
}
