// For those who run builds.

export { type Cassette, openCassette } from './cassette.ts';
export type { CassetteRoleOptions } from './masked-view.ts';
export { recordingRole } from './recording-role.ts';
export { replayingRole } from './replaying-role.ts';

// For those who read cassettes.

export {
  type AssignmentView,
  assignmentFingerprint,
  assignmentView,
} from './assignment-fingerprint.ts';
export type { CassetteEntry, FileChange } from './cassette-format.ts';
