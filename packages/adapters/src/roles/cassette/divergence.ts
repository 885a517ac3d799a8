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
/** Of a long text, before the first difference. */
const BEFORE_CHARACTERS = 40;

/** Explains how an assignment without an entry differs from the most similar recorded one. */
export function divergence(
  path: string,
  entries: readonly CassetteEntry[],
  found: AssignmentView,
): BatonError {
  const { role, state } = found;
  return explainDivergence({
    asked: `the cassette ${path} has no answer for role '${role}' in state '${state}'`,
    candidates: entries
      .filter((entry) => entry.role === role && entry.state === state)
      .map(({ fingerprint, assignment }) => ({ fingerprint, recorded: assignment })),
    found,
    legal: [...new Set(entries.map((entry) => `${entry.role} in ${entry.state}`))],
  });
}

export interface Divergence {
  /** What was asked for, in words. */
  readonly asked: string;
  /** What was recorded for questions of the same kind. */
  readonly candidates: readonly { readonly fingerprint: string; readonly recorded: unknown }[];
  readonly found: unknown;
  /** Of which kinds there are recordings. */
  readonly legal: readonly string[];
}

/** Explains how a question without an answer differs from the most similar one that has one. */
export function explainDivergence({ asked, candidates, found, legal }: Divergence): BatonError {
  const [nearest] = candidates
    .map(({ fingerprint, recorded }) => ({
      fingerprint,
      differences: differencesOf(recorded, found),
    }))
    .sort((a, b) => a.differences.length - b.differences.length);
  const difference = nearest?.differences[0];
  if (nearest === undefined || difference === undefined) {
    return new BatonError('invalid_input', `${asked}; it has: ${legal.join(', ') || 'nothing'}`, {
      legal,
    });
  }
  const count = nearest.differences.length;
  const from = sameCharacters(difference.recorded, difference.found) - BEFORE_CHARACTERS;
  return new BatonError(
    'invalid_input',
    `${asked} as asked; the nearest entry (${nearest.fingerprint.slice(0, 12)}, of ${candidates.length}) differs in ${count} ${count === 1 ? 'place' : 'places'}, first in ${difference.path}: recorded ${shown(difference.recorded, from)}, found ${shown(difference.found, from)}`,
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

/** How many characters two long texts have in common at their beginnings; 0 for others. */
function sameCharacters(a: unknown, b: unknown): number {
  if (typeof a !== 'string' || typeof b !== 'string') return 0;
  if (Math.max(a.length, b.length) <= SHOWN_CHARACTERS) return 0;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

/** @param from the first character of a long text to show. */
function shown(value: unknown, from: number): string {
  if (value === undefined) return 'nothing';
  const isCut = typeof value === 'string' && from > 0;
  const text = `${isCut ? '…' : ''}${JSON.stringify(isCut ? value.slice(from) : value)}`;
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
