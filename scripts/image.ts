// `pnpm run image <folder>`: what the container image has, from packages that are built: the command line with its
// production dependencies and the drivers of stores, at the versions of the lockfile, and their SBOM.
// `pnpm run sbom <file>` makes the SBOM alone. It is CycloneDX 1.6.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, runQuietly } from './run.ts';

const { values, positionals } = parseArgs({
  options: { sbom: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [target] = positionals;
if (target === undefined) throw new Error('expected where to write it, found nothing');
const place = resolve(process.env['INIT_CWD'] ?? root, target);

if (values.sbom) {
  const folder = mkdtempSync(join(tmpdir(), 'baton-sbom-'));
  try {
    deploy(join(folder, 'image'));
    writeSbom(join(folder, 'image'), place);
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  if (existsSync(place)) throw new Error(`${place} is there already`);
  deploy(place);
  writeSbom(place, join(place, 'sbom.cdx.json'));
}
console.log(place);

/** Without the peers that only tests need, which the root of the workspace would provide. */
function deploy(folder: string): void {
  const peers = ['resolve-peers-from-workspace-root', 'auto-install-peers'];
  const settings = peers.map((name) => `--config.${name}=false`);
  pnpm([...settings, '--filter', '@baton/image', 'deploy', '--legacy', '--prod', folder], root);
}

/** From the lockfile of what is in the folder, so that it names that and nothing else. */
function writeSbom(folder: string, file: string): void {
  const lockfile = join(folder, 'pnpm-lock.yaml');
  copyFileSync(join(folder, 'node_modules/.pnpm/lock.yaml'), lockfile);
  const format = ['--sbom-format', 'cyclonedx', '--sbom-spec-version', '1.6'];
  pnpm(['sbom', ...format, '--sbom-type', 'application', '--prod', '--out', file], folder);
  rmSync(lockfile);
}

function pnpm(args: readonly string[], folder: string): void {
  if (!runQuietly('pnpm', args, folder)) throw new Error(`pnpm ${args.join(' ')} has failed`);
}
