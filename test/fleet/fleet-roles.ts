/** What a worker of the fleet is told. */
export interface WorkerSettings {
  /** Base URL of its server's gRPC port. */
  readonly server: string;
  /** Its own clone and home. */
  readonly repository: string;
  readonly home: string;
  readonly remote: string;
  /** File for a line of JSON for each attempt. */
  readonly ledger: string;
  readonly seed: number;
}

/** What an attempt writes when it begins. */
export interface LedgerLine {
  /** Names the attempt; its output has it too. */
  readonly nonce: string;
  readonly workflowId: string;
  /** The files that the store names; absent before there are any. */
  readonly expected: string | undefined;
  /** The files that it found. */
  readonly digest: string;
}

export const ROLES = [
  ...['q_assistant', 'code_writer', 'test_auditor'],
  ...['verification_overseer', 'release_manager'],
];

/** Phases that change files. */
export const WRITING: ReadonlySet<string> = new Set(['discovery', 'planning', 'implementation']);

/** The commands that judge a phase. */
export const JUDGED: Readonly<Record<string, readonly string[]>> = {
  testing: ['test'],
  verification: ['verify: quality'],
  deployment: ['deploy', 'smoke: home'],
};
