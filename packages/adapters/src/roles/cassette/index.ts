// To run builds:

export { type ModelCassette, openModelCassette } from '../../model-cassette/model-cassette.ts';
export { type Cassette, openCassette, recordedPrincipal } from './cassette.ts';
export { recordingRole } from './recording-role.ts';
export { type ReplayingRoleOptions, replayingRole } from './replaying-role.ts';

// To read cassettes:

export {
  type AssignmentView,
  assignmentFingerprint,
  assignmentView,
} from './assignment-fingerprint.ts';
export type { CassetteEntry, FileChange } from './cassette-format.ts';
