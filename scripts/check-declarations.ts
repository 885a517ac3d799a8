import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PublicPackage } from './public-packages.ts';
import { root } from './run.ts';

/**
 * What is wrong with the declarations of built packages, a line each, as a user's compiler reads them: nothing is
 * left out because it is a library's, and the packages find each other by what is built.
 */
export function problemsOfDeclarations(packages: readonly PublicPackage[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'baton-declarations-'));
  try {
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2023', strict: true, exactOptionalPropertyTypes: true },
      ...{ noEmit: true, skipLibCheck: false },
      ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    };
    const files = packages.flatMap(declarationsOf);
    const project = join(folder, 'tsconfig.json');
    writeFileSync(project, JSON.stringify({ compilerOptions, files }));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const args = [compiler, '--project', project, '--pretty', 'false'];
    const { error, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (error) throw error;
    // Others have mistakes in theirs.
    return stdout.split('\n').filter((line) => OURS.test(line) || GENERAL.test(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const OURS = /^(?:packages\/[^/]+|proto)\/dist\//;
/** About a setting or a file that is not there. */
const GENERAL = /^error TS/;

function declarationsOf({ folder, manifest }: PublicPackage): readonly string[] {
  const text = JSON.stringify(manifest.exports ?? {});
  return [...text.matchAll(/"types":"(?<path>[^"]+)"/g)].map(({ groups }) =>
    join(root, folder, groups?.['path'] ?? ''),
  );
}
