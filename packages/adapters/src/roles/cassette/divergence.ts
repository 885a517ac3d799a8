import { BatonError } from '@baton/core';
import { canonicalJson } from '@baton/core/internal';
import type { AssignmentView } from './assignment-fingerprint.ts';
import type { CassetteEntry } from './cassette-format.ts';

/** One difference between two assignments; undefined marks a value that is missing on one side. */
interface Difference {
  readonly path: string;
  readonly recorded: unknown;
  readonly found: unknown;
}

const SHOWN_CHARACTERS = 200;

/** Explains how an assignment without an entry differs from the most similar recorded one. */
export function divergence(
  path: string,
  entries: readonly CassetteEntry[],
  found: AssignmentView,
): BatonError {
  const { role, state } = found;
  const asked = `the cassette ${path} has no answer for role '${role}' in state '${state}'`;
  const candidates = entries
    .filter((entry) => entry.role === role && entry.state === state)
    .map(({ fingerprint, assignment }) => ({
      fingerprint,
      differences: differencesOf(assignment, found),
    }))
    .sort((a, b) => a.differences.length - b.differences.length);
  const [nearest] = candidates;
  const difference = nearest?.differences[0];
  if (nearest === undefined || difference === undefined) {
    const legal = [...new Set(entries.map((entry) => `${entry.role} in ${entry.state}`))];
    return new BatonError('invalid_input', `${asked}; it has: ${legal.join(', ') || 'nothing'}`, {
      legal,
    });
  }
  const count = nearest.differences.length;
  return new BatonError(
    'invalid_input',
    `${asked} as asked; the nearest entry (${nearest.fingerprint.slice(0, 12)}, of ${candidates.length}) differs in ${count} ${count === 1 ? 'place' : 'places'}, first in ${difference.path}: recorded ${shown(difference.recorded)}, found ${shown(difference.found)}`,
    { metadata: { fingerprint: nearest.fingerprint, path: difference.path } },
  );
}

/** Lists the leaves in which two JSON values differ, sorted by path. */
function differencesOf(recorded: unknown, found: unknown, path = ''): Difference[] {
  if (canonicalJson(recorded) === canonicalJson(found)) return [];
  const comparable = Array.isArray(recorded) === Array.isArray(found);
  if (!isContainer(recorded) || !isContainer(found) || !comparable) {
    return [{ path, recorded, found }];
  }
  const keys = [...new Set([...Object.keys(recorded), ...Object.keys(found)])];
  // The indexes of arrays are in order already.
  if (!Array.isArray(recorded)) keys.sort();
  return keys.flatMap((key) =>
    differencesOf(recorded[key], found[key], path === '' ? key : `${path}.${key}`),
  );
}

/** Arrays count as objects with their indexes as keys. */
function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
