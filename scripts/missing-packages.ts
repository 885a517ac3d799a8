import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packages that a folder lacks in its `node_modules`, or has in another version; a line for each.
 *
 * @param wanted exact versions by name.
 */
export function missingPackages(
  folder: string,
  wanted: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(wanted).flatMap(([name, version]) => {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    if (!existsSync(manifest)) return `${name} ${version}`;
    const found: string = JSON.parse(readFileSync(manifest, 'utf8')).version;
    return found === version ? [] : `${name} ${version} (found ${found})`;
  });
}
