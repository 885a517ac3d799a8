import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Target = string | { readonly [condition: string]: Target };

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Record<string, Target>;
  readonly publishConfig?: { readonly exports?: Record<string, Target> };
}

const root = join(import.meta.dirname, '..');
const packages = globSync(['packages/*/package.json', 'proto/package.json'], { cwd: root })
  .map((path) => ({
    directory: join(root, dirname(path)),
    manifest: JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest,
  }))
  .filter(({ manifest }) => manifest.exports !== undefined);

describe.each(packages)('$manifest.name', ({ directory, manifest }) => {
  it.each(Object.entries(manifest.exports ?? {}))('has the source of %s', (_subpath, target) => {
    if (typeof target === 'string') throw new Error(`${target} has no baton-source condition`);
    const [condition, source] = Object.entries(target)[0] ?? [];
    expect(condition).toBe('baton-source');
    for (const file of files(source ?? {})) {
      expect(existsSync(join(directory, file)), file).toBe(true);
    }
  });

  it('publishes the same subpaths without their sources', () => {
    const published = Object.entries(manifest.exports ?? {}).map(([subpath, target]) => {
      const { 'baton-source': _, ...rest } = target as Record<string, Target>;
      return [subpath, rest];
    });
    expect(manifest.publishConfig?.exports).toEqual(Object.fromEntries(published));
  });
});

function files(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(files);
}
