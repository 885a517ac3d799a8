import { type Evidence, evidenceSchema } from '../model/evidence.ts';
import { type Note, noteSchema } from '../model/note.ts';
import { addUsage, NO_USAGE, type Usage, usageSchema } from '../model/usage.ts';
import { validate } from '../orchestrator/validate.ts';
import type { RoleContext } from '../ports/role-adapter.ts';
import { storableText } from './storable-text.ts';

/** What an attempt has used, noted and really run so far, whatever comes of it. */
export interface AttemptRecord {
  readonly usage: Usage;
  readonly notes: readonly Note[];
  readonly evidence: readonly Evidence[];
  /** The part of a role's context that writes into the record. */
  readonly writer: Pick<RoleContext, 'usage' | 'note' | 'evidence'>;
}

/** Characters of a note. */
const NOTE_CHARACTERS = 32 * 1024;
/** As many as a report may carry. */
const MOST_NOTES = 1000;
const MORE_NOTES: Note = { code: 'notes_left_out', message: `more than ${MOST_NOTES} notes` };

export function createAttemptRecord(): AttemptRecord {
  const notes: Note[] = [];
  const evidence: Evidence[] = [];
  const record = {
    usage: NO_USAGE,
    notes,
    evidence,
    writer: {
      usage(used: Usage): void {
        record.usage = addUsage(record.usage, validate(usageSchema, used, 'the usage'));
      },
      note(note: Note): void {
        const valid = validate(noteSchema, fitting(note), 'the note');
        if (notes.length < MOST_NOTES) notes.push(valid);
        else notes[MOST_NOTES - 1] = MORE_NOTES;
      },
      evidence(seen: Evidence): void {
        evidence.push(validate(evidenceSchema, seen, 'the evidence'));
      },
    },
  };
  return record;
}

function fitting(note: Note): Note {
  if (typeof note?.message !== 'string') return note;
  return { ...note, message: storableText(note.message, NOTE_CHARACTERS) };
}
