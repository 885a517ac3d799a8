/** The states of the `build` definition, in order, and `error`. */
export const BUILD_STATES = [
  'discovery',
  'planning',
  'handoff_to_coder',
  'implementation',
  'handoff_to_tester',
  'testing',
  'handoff_to_verifier',
  'verification',
  'handoff_to_releaser',
  'deployment',
  'complete',
  'error',
] as const;

export type BuildState = (typeof BUILD_STATES)[number];

/** The phases of the `build` definition, in order. */
export const BUILD_PHASES = [
  'discovery',
  'planning',
  'implementation',
  'testing',
  'verification',
  'deployment',
] as const;

export type BuildPhase = (typeof BUILD_PHASES)[number];

/** The roles of the `build` definition, in the order in which they act. */
export type BuildRole =
  | 'q_assistant'
  | 'code_writer'
  | 'test_auditor'
  | 'verification_overseer'
  | 'release_manager';

/** A string that editors complete with nothing: it keeps the unions below from collapsing. */
type Other = string & Record<never, never>;

/** A state of any definition; editors propose those of the `build` definition. */
export type State = BuildState | Other;

/** A role of any definition; editors propose those of the `build` definition. */
export type Role = BuildRole | Other;
