// Packs every public package, as publishing would, and checks what its users would get.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root, runQuietly } from './run.ts';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: object;
}

const target = mkdtempSync(join(tmpdir(), 'baton-packages-'));
try {
  const failed = globSync(['packages/*/package.json', 'proto/package.json'], { cwd: root })
    .sort()
    .filter((path) => !isSound(path));
  process.exitCode = failed.length > 0 ? 1 : 0;
} finally {
  rmSync(target, { recursive: true });
}

function isSound(path: string): boolean {
  const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
  if (manifest.private) return true;
  const tarball = join(target, `${manifest.name.replace('/', '-')}.tgz`);
  if (!runQuietly('pnpm', ['pack', '--out', tarball], join(root, dirname(path)))) return false;
  const isSoundPackage = runQuietly('publint', ['run', tarball, '--strict']);
  // A package that is only a command has no types to resolve.
  const hasSoundTypes =
    manifest.exports === undefined ||
    runQuietly('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']);
  console.log(
    `${manifest.name}: ${isSoundPackage && hasSoundTypes ? 'sound' : 'not fit to publish'}`,
  );
  return isSoundPackage && hasSoundTypes;
}
