// What Baton's other packages need besides: no part of the API, and free to change.

export { createDocumentStore } from './documents/create-document-store.ts';
export type {
  DocumentBackend,
  DocumentRange,
  DocumentText,
} from './documents/document-backend.ts';
export { inCommon, mindsOf } from './machine/separation.ts';
export { transition } from './machine/transition.ts';
export { pageOfGroups } from './memory/memory-usage.ts';
export { byCodePoint, namesAfter } from './memory/order.ts';
export { artifactMetaSchema, artifactRefSchema, MAX_ARTIFACT_NAME } from './model/artifact.ts';
export { coverageKind } from './model/build/outputs.ts';
export { ATTEMPT_CANCELLED, CANCELLED } from './model/cancelled.ts';
export { canonicalJson } from './model/canonical-json.ts';
export { claimableSchema, evidenceSchema, isTestimony } from './model/evidence.ts';
export { grantSchema } from './model/grant.ts';
export {
  copyJsonObject,
  MAX_DEPTH,
  MAX_PAYLOAD_BYTES,
  MAX_PAYLOAD_VALUES,
  tooManyValues,
} from './model/json.ts';
export { noteSchema } from './model/note.ts';
export { type CheckedOutcome, outcomeSchema } from './model/outcome.ts';
export { parseJson } from './model/parse-json.ts';
export { declaredPrincipalSchema } from './model/principal.ts';
export { type Present, present, type Resolved } from './model/record-shape.ts';
export { type RedactStream, redactDeep, redactError, streamOf } from './model/redact.ts';
export { id as idSchema } from './model/requests.ts';
export { statsShare, sumStats } from './model/stats.ts';
export { countersOf } from './model/tallies.ts';
export { parseTraceparent, type SpanIds } from './model/trace-context.ts';
export {
  addPhaseUsage,
  addUsage,
  budgetsSchema,
  NO_ALLOWANCE,
  NO_PHASE_USAGE,
  NO_USAGE,
  usageSchema,
} from './model/usage.ts';
export { MOST_COUNTED, NANOS } from './model/usage-counters.ts';
export { type Audit, type AuditProblem, auditTrail } from './orchestrator/audit-trail.ts';
export { createStoreClock, MAX_TIMER_MS, systemClock } from './orchestrator/clocks.ts';
export { concurrencySchema } from './orchestrator/concurrency.ts';
export { countWithdrawn } from './orchestrator/count-withdrawn.ts';
export { createArtifactReading } from './orchestrator/create-artifact-reading.ts';
export { type ChainEnd, eventDigest } from './orchestrator/event-chain.ts';
export { unknownWorkflow } from './orchestrator/load.ts';
export { traced } from './orchestrator/traced.ts';
export { validate } from './orchestrator/validate.ts';
export { type CheckedSettings, checkSettings, violationLines } from './policies/describe-issues.ts';
export { budgetsShape, policyShape, toBudgets } from './policies/policy-schema.ts';
export { asOf, checkpointLabel } from './ports/workspace.ts';
export { maskedRole } from './runner/masked-role.ts';
// Constant values without anything of a test runner's: what a worker under test answers.
export { passingOutputs } from './testing/build-outputs.ts';
