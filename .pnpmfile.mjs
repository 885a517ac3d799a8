import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const root = import.meta.dirname;

export const hooks = {
  // tsup, dependency-cruiser and TypeDoc work through the compiler API, which TypeScript 7 no longer has:
  // they get TypeScript 6 for themselves. (A package extension cannot replace a peer dependency.)
  readPackage(manifest) {
    if (['tsup', 'dependency-cruiser', 'typedoc'].includes(manifest.name)) {
      delete manifest.peerDependencies?.typescript;
      manifest.dependencies.typescript = '6.0.3';
    }
    return manifest;
  },
  // Packages say where they come from: where package.json at the root says, or else this clone does.
  beforePacking(manifest, folder) {
    const url = repository();
    if (url === undefined) return manifest;
    return { ...manifest, repository: { type: 'git', url, directory: relative(root, folder) } };
  },
};

/** Undefined in a clone of no public address. */
function repository() {
  const { repository } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const address = repository?.url ?? repository ?? origin();
  const [, host, path] =
    /^(?:git\+)?(?:https:\/\/|ssh:\/\/)?(?:git@)?([\w.-]+\.\w+)[:/](.+?)(?:\.git)?$/.exec(
      address,
    ) ?? [];
  return host === undefined ? undefined : `git+https://${host}/${path}.git`;
}

function origin() {
  try {
    const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('git', ['config', '--get', 'remote.origin.url'], options).trim();
  } catch {
    return '';
  }
}
