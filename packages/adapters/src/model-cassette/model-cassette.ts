import { z } from 'zod';
import { parseVersioned } from '../roles/cassette/cassette-format.ts';
import { openEntriesFile } from '../roles/cassette/entries-file.ts';
import { type RequestView, requestFingerprint } from './request-view.ts';

/*
 * Invariants
 * 1. Each pair of fingerprint and number has one entry. Recording it again replaces the answer in place and
 *    removes those with later numbers, which belong to an earlier build.
 * 2. One process at a time records into a file; any number of its roles may.
 */

/** Version of the file format. Cassettes of other versions are refused. */
const VERSION = 'models-1';

const answer = z.strictObject({
  status: z.int(),
  contentType: z.string(),
  /** Of a stream; parts of a text that came one after another are one event. */
  events: z
    .array(
      z.strictObject({
        event: z.string().optional(),
        data: z.union([z.record(z.string(), z.unknown()), z.string()]),
      }),
    )
    .optional(),
  /** Of any other answer. */
  body: z.string().optional(),
  /** Of one that is no text. */
  base64: z.string().optional(),
});

const entry = z.strictObject({
  fingerprint: z.string(),
  /** How many equal requests its attempt had made before. */
  nth: z.int().min(0),
  /** The fingerprint's input, kept so that a difference can be explained. */
  request: z.strictObject({
    scope: z.string(),
    model: z.string(),
    path: z.string(),
    body: z.unknown(),
  }),
  answer,
});

const document = z.strictObject({ version: z.literal(VERSION), entries: z.array(entry) });

export type RecordedAnswer = Readonly<z.infer<typeof answer>>;

/** What a model was asked and answered. */
export interface ModelCassetteEntry {
  readonly fingerprint: string;
  readonly nth: number;
  readonly request: RequestView;
  readonly answer: RecordedAnswer;
}

/** Recorded answers of models, kept in a file. */
export interface ModelCassette {
  readonly path: string;
  /**
   * In the order of their first recording. Reads the file once.
   *
   * @throws BatonError `invalid_input` when the file is missing or has another format version, `data_loss`
   * when it cannot be read.
   */
  entries(): Promise<readonly ModelCassetteEntry[]>;
  /** Adds or replaces an entry. Resolves when the file holds it; creates the file and its folder if needed. */
  record(entry: ModelCassetteEntry): Promise<void>;
}

/**
 * The cassette of models in the file at `path`. Opening reads nothing; `record` creates the file where it is
 * missing.
 *
 * @example
 * import { openModelCassette } from '@baton/adapters/cassette';
 * const cassette = openModelCassette('build.models.json');
 */
export function openModelCassette(path: string): ModelCassette {
  const file = openEntriesFile<ModelCassetteEntry>(path, parse, format);
  return {
    path,
    entries: file.entries,
    record: (one) =>
      file.change((entries) => {
        const same = ({ fingerprint }: ModelCassetteEntry) => fingerprint === one.fingerprint;
        const kept = entries.filter((other) => !same(other) || other.nth <= one.nth);
        const place = kept.findIndex((other) => same(other) && other.nth === one.nth);
        kept.splice(place === -1 ? kept.length : place, 1, one);
        return kept;
      }),
  };
}

function parse(path: string, text: string): readonly ModelCassetteEntry[] {
  const { entries } = parseVersioned(path, text, document, VERSION);
  // What was edited by hand is found by what it says now.
  return entries.map((one) => ({ ...one, fingerprint: requestFingerprint(one.request) }));
}

function format(entries: readonly ModelCassetteEntry[]): string {
  return `${JSON.stringify({ version: VERSION, entries }, undefined, 1)}\n`;
}
