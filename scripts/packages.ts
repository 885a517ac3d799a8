// Packs every public package, as publishing would, and checks what its users would get.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemsOfDeclarations } from './check-declarations.ts';
import { type PublicPackage, pack, publicPackages } from './public-packages.ts';
import { read, runQuietly } from './run.ts';

/** What each tarball has beside what is built. */
const FILES = ['package/package.json', 'package/README.md', 'package/LICENSE'];

const target = mkdtempSync(join(tmpdir(), 'baton-packages-'));
try {
  const problems = problemsOfDeclarations(publicPackages());
  for (const problem of problems) console.error(problem);
  console.log(`declarations: ${problems.length === 0 ? 'sound' : 'not fit to publish'}`);
  const failed = publicPackages().filter((one) => !isSound(one));
  process.exitCode = failed.length + problems.length > 0 ? 1 : 0;
} finally {
  rmSync(target, { recursive: true });
}

function isSound(one: PublicPackage): boolean {
  const { name, exports } = one.manifest;
  const tarball = pack(one, target);
  const missing = missingFrom(tarball);
  if (missing.length > 0) console.error(`${name}: no ${missing.join(', ')} in its tarball`);
  const isSoundPackage = runQuietly('publint', ['run', tarball, '--strict']);
  // A package that is only a command has no types to resolve.
  const hasSoundTypes =
    exports === undefined ||
    runQuietly('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']);
  const sound = missing.length === 0 && isSoundPackage && hasSoundTypes;
  console.log(`${name}: ${sound ? 'sound' : 'not fit to publish'}`);
  return sound;
}

function missingFrom(tarball: string): readonly string[] {
  const names = new Set(read('tar', ['-tzf', tarball]).split('\n'));
  return FILES.filter((name) => !names.has(name));
}
