import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseHostRule } from '@baton/adapters/sandbox';
import { KNOWN_HOSTS } from '../config/known-hosts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A registry of the user, and what names it. */
export interface ProposedHost {
  /** As `sandbox.network` has it. */
  readonly host: string;
  readonly source: string;
}

/** Files that may name registries, and the lines that do. `~/` is the user's home. */
const FILES: readonly (readonly [paths: readonly string[], naming: RegExp])[] = [
  [['.npmrc', '~/.npmrc'], /^\s*(?:@[^:\s]+:)?registry\s*=\s*(.+)$/gm],
  [['.yarnrc.yml', '~/.yarnrc.yml'], /^\s*npmRegistryServer:\s*(.+)$/gm],
  [['.yarnrc', '~/.yarnrc'], /^\s*(?:"@[^"]+:registry"|registry)\s+(.+)$/gm],
  [
    ['pip.conf', '~/.config/pip/pip.conf', '~/.pip/pip.conf', '/etc/pip.conf'],
    /^\s*(?:extra-)?index-url\s*=\s*(.+(?:\n[ \t]+\S.*)*)$/gm,
  ],
  [['requirements.txt', 'requirements-dev.txt'], /^\s*(?:-i|--(?:extra-)?index-url)[\s=]+(.+)$/gm],
  [
    ['pyproject.toml'],
    /^\[\[tool\.(?:uv\.index|poetry\.source|pdm\.source)\]\][^[]*?^\s*url\s*=\s*(.+)$/gm,
  ],
  [['uv.toml', '~/.config/uv/uv.toml'], /^\[\[index\]\][^[]*?^\s*url\s*=\s*(.+)$/gm],
  [['.cargo/config.toml', '~/.cargo/config.toml'], /^\s*(?:index|registry)\s*=\s*(.+)$/gm],
];

const VARIABLES: readonly string[] = [
  ...['npm_config_registry', 'NPM_CONFIG_REGISTRY', 'YARN_NPM_REGISTRY_SERVER'],
  ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'GOPROXY'],
  ...['UV_INDEX', 'UV_INDEX_URL', 'UV_EXTRA_INDEX_URL', 'UV_DEFAULT_INDEX'],
];

const ADDRESS = /https?:\/\/[^\s"',;|]+/g;

/** Longer files are not read. */
const MOST_BYTES = 1024 * 1024;

/** Proposes the package registries that are configured here, without the public ones that Baton knows. */
export function proposeNetwork(folder: string, env: Environment): readonly ProposedHost[] {
  const home = env['HOME'] ?? homedir();
  const pathOf = (path: string): string => {
    if (path.startsWith('~/')) return join(home, path.slice(2));
    return path.startsWith('/') ? path : join(folder, path);
  };
  const inFiles = FILES.flatMap(([paths, naming]) =>
    paths.flatMap((path) =>
      [...textOf(pathOf(path)).matchAll(naming)].flatMap(([, value = '']) =>
        hostsIn(value).map((host) => ({ host, source: path })),
      ),
    ),
  );
  const inVariables = VARIABLES.flatMap((name) =>
    hostsIn(env[name] ?? '').map((host) => ({ host, source: name })),
  );
  const all = [...inFiles, ...inVariables];
  return all.filter(({ host }, at) => all.findIndex((one) => one.host === host) === at);
}

/** Only the hosts, because an address may contain a password. */
function hostsIn(text: string): readonly string[] {
  return (text.match(ADDRESS) ?? [])
    .filter((address) => URL.canParse(address))
    .map((address) => new URL(address).host)
    .filter((host) => isHost(host) && !KNOWN_HOSTS['@registries'].some((known) => known === host));
}

function isHost(text: string): boolean {
  try {
    parseHostRule(text);
    return true;
  } catch {
    // For example, a variable in place of the host.
    return false;
  }
}

function textOf(path: string): string {
  const isRead = existsSync(path) && statSync(path).isFile() && statSync(path).size <= MOST_BYTES;
  return isRead ? readFileSync(path, 'utf8') : '';
}
