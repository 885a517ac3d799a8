// What Baton's other packages need besides: no part of the API, and free to change.

export { inCommon, mindsOf } from './machine/separation.ts';
export { transition } from './machine/transition.ts';
export { artifactMetaSchema, MAX_ARTIFACT_NAME } from './model/artifact.ts';
export { budgetsSchema, NO_ALLOWANCE } from './model/budget.ts';
export { coverageKind } from './model/build/outputs.ts';
export { canonicalJson } from './model/canonical-json.ts';
export { evidenceSchema } from './model/evidence.ts';
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
export { type Present, present, type Resolved } from './model/present.ts';
export { declaredPrincipalSchema } from './model/principal.ts';
export { type RedactStream, streamOf } from './model/redact.ts';
export { redactDeep } from './model/redact-deep.ts';
export { redactError } from './model/redact-error.ts';
export { statsShare, sumStats } from './model/stats-share.ts';
export { addPhaseUsage, addUsage, NO_PHASE_USAGE, NO_USAGE, usageSchema } from './model/usage.ts';
export { MAX_TIMER_MS, systemClock } from './orchestrator/system-clock.ts';
export { validate } from './orchestrator/validate.ts';
export { type CheckedSettings, checkSettings, violationLines } from './policies/check-settings.ts';
export { policyShape, toBudgets } from './policies/policy-schema.ts';
export { checkpointLabel } from './ports/workspace.ts';
export { createMaskedMessages, type MaskedMessages } from './runner/masked-messages.ts';
