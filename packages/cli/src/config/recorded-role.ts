import { type Cassette, type CassetteEntry, recordingRole } from '@baton/adapters/cassette';
import { redactDeep } from '@baton/adapters/secrets';
import type { RoleAdapter } from '@baton/core';

/** The same role, whose answers are recorded without secrets. */
export function recordedRole(
  adapter: RoleAdapter,
  cassette: Cassette,
  redact: (text: string) => string,
): RoleAdapter {
  const masked: Cassette = {
    path: cassette.path,
    entries: () => cassette.entries(),
    record: (entry) => cassette.record(maskedEntry(entry, redact)),
  };
  return { ...adapter, perform: recordingRole(adapter, masked).perform };
}

/** Digests are no text of anybody's; they stay, for the entry is found by them. */
function maskedEntry(entry: CassetteEntry, redact: (text: string) => string): CassetteEntry {
  const { fingerprint, assignment } = entry;
  const masked = redactDeep(redact, entry);
  return {
    ...masked,
    fingerprint,
    assignment: { ...masked.assignment, workspace: assignment.workspace },
  };
}
