// The wire contract: its style, its compatibility with what was there before, its generated code.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, root, run } from './run.ts';

const proto = join(root, 'proto');
const buf = (...args: string[]) => run('pnpm', ['exec', 'buf', ...args], proto);

const passed = buf('lint') && isCompatible() && isGenerated();
process.exit(passed ? 0 : 1);

function isCompatible(): boolean {
  const base = previousContract();
  if (base === undefined) {
    console.log('no earlier contract to compare with');
    return true;
  }
  console.log(`comparing the contract with ${base}`);
  const repository = read('git', ['rev-parse', '--path-format=absolute', '--git-common-dir']);
  return buf('breaking', '--against', `${repository}#format=git,ref=${base},subdir=proto`);
}

/**
 * The commit whose contract this one must not break: where this branch left main; on main itself,
 * what is pushed, or the commit before. Undefined in a clone without history, or before the first
 * contract.
 */
function previousContract(): string | undefined {
  const head = commit('HEAD');
  const candidates = [
    read('git', ['merge-base', 'HEAD', 'origin/main']),
    read('git', ['merge-base', 'HEAD', 'main']),
  ].filter((candidate) => candidate !== '' && candidate !== head);
  const isChanged = read('git', ['status', '--porcelain', '--', 'proto']) !== '';
  const base = candidates[0] ?? (isChanged ? head : commit('HEAD^'));
  if (base === '') return undefined;
  const files = read('git', ['ls-tree', '-r', '--name-only', base, '--', 'proto']);
  return files.split('\n').some((file) => file.endsWith('.proto')) ? base : undefined;
}

function commit(revision: string): string {
  return read('git', ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
}

function isGenerated(): boolean {
  const fresh = mkdtempSync(join(tmpdir(), 'baton-proto-'));
  try {
    if (!buf('generate', '--output', fresh)) return false;
    const script = join(root, 'scripts/write-proto-comments.ts');
    const options = ['--conditions=baton-source', '--no-warnings'];
    if (!run('node', [...options, script, join(fresh, 'gen')])) return false;
    if (run('git', ['diff', '--no-index', '--stat', join(fresh, 'gen'), join(proto, 'gen')])) {
      return true;
    }
    console.error('proto/gen is not what the contract generates; run: pnpm generate');
    return false;
  } finally {
    rmSync(fresh, { recursive: true });
  }
}
