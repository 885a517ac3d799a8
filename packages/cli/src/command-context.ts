import type { Readable } from 'node:stream';
import type { Caller } from '@baton/builds/internal';
import type { ExitCode } from './exit-codes.ts';
import type { OutputStream } from './output/terminal.ts';

/** The part of a readable stream that input needs. */
export interface InputStream extends Readable {
  readonly isTTY?: boolean;
}

/** What commands get from the process that they run in. */
export interface CommandContext extends Caller {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Sets what the process answers when a command ends without an error. */
  exit(code: ExitCode): void;
  /** Ends the process at once. */
  leave(code: ExitCode): never;
  /**
   * Calls `listener` at each Ctrl-C or SIGTERM, and once when the terminal is gone or the process has
   * met an error that nobody caught, until the returned function is called.
   */
  onInterrupt(listener: () => void): () => void;
  /** What Ctrl-C does, for when a prompt has the keyboard. */
  interrupt(): void;
}
