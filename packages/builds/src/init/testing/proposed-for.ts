import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../../../adapters/src/testing/temporary-folder.ts';
import { recogniseToolchains } from '../read-repository.ts';

/** A repository of these files, for as long as a test runs. */
export function repositoryOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  execFileSync('git', ['add', '.'], { cwd: folder });
  return folder;
}

/** The toolchain that is proposed for a repository of these files. */
export async function proposedFor(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
) {
  return (await recogniseToolchains(repositoryOf(files), env))[0];
}
