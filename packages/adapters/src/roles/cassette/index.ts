// For those who run builds.

// For those who read cassettes.
export {
  type AssignmentView,
  assignmentFingerprint,
  assignmentView,
} from './assignment-fingerprint.ts';
export { type Cassette, openCassette } from './cassette.ts';
export type { CassetteEntry, FileChange } from './cassette-format.ts';
export { recordingRole } from './recording-role.ts';
export { replayingRole } from './replaying-role.ts';
