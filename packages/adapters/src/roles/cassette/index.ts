// To run builds:

export { type Cassette, openCassette } from './cassette.ts';
export type { CassetteRoleOptions } from './masked-view.ts';
export { recordedPrincipal } from './recorded-principal.ts';
export { recordingRole } from './recording-role.ts';
export { type ReplayingRoleOptions, replayingRole } from './replaying-role.ts';

// To read cassettes:

export {
  type AssignmentView,
  assignmentFingerprint,
  assignmentView,
} from './assignment-fingerprint.ts';
export type { CassetteEntry, FileChange } from './cassette-format.ts';
