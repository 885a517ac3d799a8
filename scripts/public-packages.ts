import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, runQuietly } from './run.ts';

/** What package.json says, as far as it matters here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, object>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface PublicPackage {
  /** Its folder, from the root. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The packages that are published. */
export function publicPackages(): readonly PublicPackage[] {
  return globSync(['packages/*/package.json', 'proto/package.json'], { cwd: root })
    .sort()
    .map((path) => ({ folder: dirname(path), manifest: manifestAt(path) }))
    .filter(({ manifest }) => manifest.private !== true);
}

export function manifestAt(path: string): Manifest {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/**
 * Packs a package that is built, as publishing does. @returns the tarball.
 *
 * @throws Error when that fails; what pnpm says of it is on stderr.
 */
export function pack({ folder, manifest }: PublicPackage, target: string): string {
  const { name, version } = manifest;
  const tarball = join(target, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (runQuietly('pnpm', ['pack', '--out', tarball], join(root, folder))) return tarball;
  throw new Error(`${name} could not be packed`);
}

/** All of them. */
export function packAll(target: string): readonly string[] {
  return publicPackages().map((one) => pack(one, target));
}
