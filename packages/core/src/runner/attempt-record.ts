import { type Evidence, evidenceSchema } from '../model/evidence.ts';
import { type Note, noteSchema } from '../model/note.ts';
import type { Redact } from '../model/redact.ts';
import { addUsage, NO_USAGE, type Usage, usageSchema } from '../model/usage.ts';
import { validate } from '../orchestrator/validate.ts';
import type { RoleContext } from '../ports/role-adapter.ts';

/** What an attempt has used, noted and really run so far, whatever comes of it. */
export interface AttemptRecord {
  readonly usage: Usage;
  readonly notes: readonly Note[];
  readonly evidence: readonly Evidence[];
  /** The part of a role's context that writes into the record. */
  readonly writer: Pick<RoleContext, 'usage' | 'note' | 'evidence'>;
}

/** As many as a report may carry. */
const MOST_NOTES = 1000;
const MORE_NOTES: Note = { code: 'notes_left_out', message: `more than ${MOST_NOTES} notes` };

/** @param redact masks what must not be kept. */
export function createAttemptRecord(redact: Redact): AttemptRecord {
  let usage = NO_USAGE;
  const notes: Note[] = [];
  const evidence: Evidence[] = [];
  return {
    get usage() {
      return usage;
    },
    notes,
    evidence,
    writer: {
      usage(used) {
        usage = addUsage(usage, validate(usageSchema, used, 'the usage'));
      },
      note(note) {
        const { code, message } = validate(noteSchema, note, 'the note');
        if (notes.length < MOST_NOTES) notes.push({ code, message: redact(message) });
        else notes[MOST_NOTES - 1] = MORE_NOTES;
      },
      evidence(record) {
        const valid = validate(evidenceSchema, record, 'the evidence');
        evidence.push({ ...valid, argv: valid.argv.map(redact) });
      },
    },
  };
}
