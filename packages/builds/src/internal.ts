// What the command line needs besides: no part of the API, and free to change.

export { createApprovalTokens, takesGivenToken } from './approval/approval-tokens.ts';
export { NO_TOKEN } from './approval/token-hint.ts';
export { openArtifactsOf } from './artifacts/open-artifacts-of.ts';
export { BASELINE_STEP } from './baseline/with-baseline.ts';
export type { Caller } from './caller.ts';
export { retentionSchema } from './config/argv-schema.ts';
export { SANDBOX_VARIABLE } from './config/choose-sandbox.ts';
export { configJsonSchema } from './config/config-schema.ts';
export { createConfigRedactor } from './config/create-config-redactor.ts';
export { definitionOf } from './config/definition-of.ts';
export { configIn } from './config/load-config.ts';
export { argvOf } from './conformance/argv-of.ts';
export { measureAgain } from './doctor/run-commands.ts';
export { proposeConfig, proposeModel } from './init/propose-config.ts';
export { proposeNetwork } from './init/propose-network.ts';
export { proposeWorkspace } from './init/propose-workspace.ts';
export { recogniseToolchains } from './init/read-repository.ts';
export { tryProposal } from './init/try-proposal.ts';
export { clientOf, connect, maskedOperations, serverOf, type Where } from './operations/connect.ts';
export { findWorkflowConfig } from './operations/workflow-config.ts';
export { afterMs } from './retention/after-ms.ts';
export { pruneWorkspace } from './retention/apply-retention.ts';
export { summarize } from './run/build-summary.ts';
export { recordsOf } from './run/run-records.ts';
export { takeBuild } from './run/take-build.ts';
export { repositoryOf } from './state/baton-folder.ts';
export { repositoryRoot } from './state/check-repository.ts';
export { git } from './state/git.ts';
export { type OpenedDatabase, openDatabase, type WhichDatabase } from './state/open-database.ts';
export {
  embeddedDefinition,
  embeddedDefinitions,
  invalidEnvironment,
  openEmbedded,
} from './state/open-embedded.ts';
export { restoreFiles } from './state/restore-files.ts';
export { bytes } from './text/bytes.ts';
export { type CommandLines, commandLines } from './text/command-lines.ts';
export { MARK, markedLines, oneLine, plain, visible, visibleStyled } from './text/foreign-text.ts';
export { approvalText, separationText } from './text/rule-texts.ts';
export { duration, moment, stopwatch } from './text/times.ts';
export { serveDefaults } from './worker/serve-defaults.ts';
export { requestIn } from './worker/worker-roles.ts';
