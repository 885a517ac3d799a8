import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { git } from '@baton/builds/internal';
import { BatonError } from '@baton/core';

/** Where the example is: beside the built file, or, in a checkout, in `examples/`. */
const PLACES = ['./dark-mode/', '../../../../examples/dark-mode/'];

/** The folder with the app, its config and the cassette. @throws BatonError `not_found`. */
export function findExample(): string {
  const folders = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = folders.find((folder) => existsSync(join(folder, 'cassette.json')));
  if (found !== undefined) return found;
  throw new BatonError('not_found', `the example app is not at ${folders.join(' or ')}`);
}

/** A git repository of its own with the app in it, as a user would have it. @throws BatonError as `git`. */
export async function makeRepository(example: string, repository: string): Promise<void> {
  cpSync(join(example, 'app'), repository, { recursive: true });
  const identity = ['-c', 'user.name=Baton demo', '-c', 'user.email=demo@baton.invalid'];
  for (const argv of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '--all'],
    ['commit', '--quiet', '--no-gpg-sign', '--message', 'The task board'],
  ]) {
    await git(repository, [...identity, ...argv]);
  }
}
