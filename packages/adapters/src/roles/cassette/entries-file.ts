import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BatonError } from '@baton/core';
import { writeDurably } from '../../files/write-durably.ts';

/*
 * Invariants
 * 1. The file is always whole: it is replaced by rename, never written in place.
 * 2. One process at a time changes it; any number of changes may be asked for at once.
 */

/** What was recorded, in one file. */
export interface EntriesFile<Entry> {
  /**
   * In the order of the file. Reads it once.
   *
   * @throws BatonError `invalid_input` when the file is missing or has another format version, `data_loss`
   * when it cannot be read.
   */
  entries(): Promise<readonly Entry[]>;
  /** Resolves when the file holds the changed entries; creates the file and its folder if needed. */
  change(update: (entries: readonly Entry[]) => readonly Entry[]): Promise<void>;
}

export function openEntriesFile<Entry>(
  path: string,
  parse: (path: string, text: string) => readonly Entry[],
  format: (entries: readonly Entry[]) => string,
): EntriesFile<Entry> {
  let known: readonly Entry[] | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function load(): Promise<readonly Entry[] | undefined> {
    known ??= await read(path, parse);
    return known;
  }

  return {
    async entries() {
      const entries = await load();
      if (entries !== undefined) return entries;
      throw new BatonError('invalid_input', `there is no cassette at ${path}: record it first`);
    },
    change(update) {
      const changed = turn.then(async () => {
        const entries = update((await load()) ?? []);
        const text = format(entries);
        await mkdir(dirname(path), { recursive: true });
        // It is to be shared.
        await writeDurably(path, text, 0o666);
        known = entries;
      });
      turn = changed.catch(() => {});
      return changed;
    },
  };
}

async function read<Entry>(
  path: string,
  parse: (path: string, text: string) => readonly Entry[],
): Promise<readonly Entry[] | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new BatonError('data_loss', `the cassette ${path} cannot be read: ${cause}`, { cause });
  }
  return parse(path, text);
}
