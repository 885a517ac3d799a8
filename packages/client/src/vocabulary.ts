/** Words of the default definition, for editors and compilers; those of other definitions pass too. */

/** A string that editors complete with nothing: it keeps the unions below from collapsing. */
type Other = string & Record<never, never>;

/** The states of the `build` definition. */
export type BuildState =
  | 'discovery'
  | 'planning'
  | 'handoff_to_coder'
  | 'implementation'
  | 'handoff_to_tester'
  | 'testing'
  | 'handoff_to_verifier'
  | 'verification'
  | 'handoff_to_releaser'
  | 'deployment'
  | 'complete'
  | 'error';

/** The roles of the `build` definition. */
export type BuildRole =
  | 'q_assistant'
  | 'code_writer'
  | 'test_auditor'
  | 'verification_overseer'
  | 'release_manager';

/** A state of any definition. */
export type State = BuildState | Other;

/** A role of any definition. */
export type Role = BuildRole | Other;

/** What the audit trail can say; a newer server may say more. */
export type EventType =
  | Other
  | 'workflow_started'
  | 'state_advanced'
  | 'assignment_claimed'
  | 'attempt_failed'
  | 'attempt_lost'
  | 'retry_requested'
  | 'rollback_requested'
  | 'workflow_failed'
  | 'workflow_recovered'
  | 'question_asked'
  | 'question_answered'
  | 'approval_requested'
  | 'approval_decided'
  | 'definition_changed'
  | 'noted';
