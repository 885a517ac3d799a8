export { describeArtifactContract } from './artifact-contract/artifact-contract.ts';
export type {
  ArtifactHarness,
  ArtifactLimits,
  OpenArtifactHarness,
} from './artifact-contract/harness.ts';
export { passingHandOverOutputs, passingOutputs } from './build-outputs.ts';
export { type DispatcherHarness, describeDispatcherContract } from './dispatcher-contract.ts';
export { describeDocumentStoreContract } from './document-contract/document-contract.ts';
export type {
  DocumentHarness,
  OpenDocumentHarness,
} from './document-contract/harness.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export {
  describeNotifierContract,
  type NotifierHarness,
  type OpenNotifierHarness,
} from './notifier-contract.ts';
export {
  createRecordedTelemetry,
  type RecordedSpan,
  type RecordedTelemetry,
} from './recorded-telemetry.ts';
export { createScriptedRole, type ScriptedAnswer, type ScriptedRole } from './scripted-role.ts';
export type { OpenHarness, StoreHarness } from './store-contract/harness.ts';
export { describeStoreContract } from './store-contract/store-contract.ts';
