import type { Role, State } from './vocabulary.ts';

/** What a role says of its work while it works. Not durable: a hint for watchers. */
export interface Progress {
  readonly workflowId: string;
  readonly state: State;
  readonly role: Role;
  readonly attempt: number;
  readonly message: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}
