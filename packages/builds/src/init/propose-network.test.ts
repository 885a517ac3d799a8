import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { proposeNetwork } from './propose-network.ts';

function proposed(files: Readonly<Record<string, string>>, env: Record<string, string> = {}) {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    const at = join(root, path.startsWith('~/') ? `home/${path.slice(2)}` : `repo/${path}`);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
  }
  return proposeNetwork(join(root, 'repo'), { HOME: join(root, 'home'), ...env });
}

it.each([
  ['.npmrc', 'a=b\nregistry=https://r.example/npm/\n'],
  ['~/.npmrc', '@corp:registry = "https://r.example"'],
  ['.yarnrc.yml', 'npmScopes:\n  corp:\n    npmRegistryServer: "https://r.example"\n'],
  ['.yarnrc', 'registry "https://r.example/"'],
  ['~/.config/pip/pip.conf', '[global]\nindex-url = https://ada:secret@r.example/simple'],
  [
    '~/.pip/pip.conf',
    '[global]\nextra-index-url =\n    https://pypi.org/simple\n    https://r.example',
  ],
  ['requirements.txt', '--extra-index-url https://r.example/simple\nflask'],
  ['pyproject.toml', '[[tool.uv.index]]\nname = "corp"\nurl = "https://r.example/simple"\n'],
  ['pyproject.toml', '[[tool.poetry.source]]\nname = "corp"\nurl = "https://r.example/simple"'],
  ['uv.toml', '[[index]]\nurl = "https://r.example"'],
  ['.cargo/config.toml', '[registries.corp]\nindex = "sparse+https://r.example/index/"'],
])('finds the registry that %s names: %j', (path, text) => {
  expect(proposed({ [path]: text })).toEqual([{ host: 'r.example', source: path }]);
});

it.each([
  ['npm_config_registry', 'http://localhost:4873', 'localhost:4873'],
  ['PIP_INDEX_URL', 'https://ada:secret@r.example:8443/simple', 'r.example:8443'],
  ['UV_INDEX', 'corp=https://r.example/simple', 'r.example'],
  ['GOPROXY', 'https://proxy.golang.org|https://r.example,direct', 'r.example'],
])('finds the registry that %s names: %s', (name, value, host) => {
  expect(proposed({}, { [name]: value })).toEqual([{ host, source: name }]);
});

it('names each once, and no public registry', () => {
  const text = 'registry=https://registry.npmjs.org/\n@a:registry=https://r.example\n';
  expect(proposed({ '.npmrc': text, '~/.npmrc': text })).toEqual([
    { host: 'r.example', source: '.npmrc' },
  ]);
});

it('takes nothing else for a registry', () => {
  const files = {
    '.npmrc': '# registry=https://r.example\nproxy=https://r.example\nregistry=$REGISTRY\n',
    'pyproject.toml': '[project.urls]\nurl = "https://r.example"\n',
    'requirements.txt': 'shop @ https://r.example/shop.zip',
    '.cargo/config.toml': 'registry=x'.padEnd(2 ** 20 + 1, ' https://r.example'),
    '.yarnrc/file': '',
  };
  expect(proposed(files)).toEqual([]);
});
