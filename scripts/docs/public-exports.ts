// What users can import from the packages, and where it is declared.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../run.ts';

/** An export of a public entry point. */
export interface PublicExport {
  readonly name: string;
  /** The file that declares it, from the root. */
  readonly file: string;
}

type Source = string | { readonly node: string; readonly default: string };

export const PACKAGES = [
  'core',
  'adapters',
  'wire',
  'mcp',
  'telemetry',
  'server',
  'client',
  'builds',
];

/** Entry points for Baton's own packages; the API reference leaves them out, too. */
const INTERNAL = ['./internal', './host'];

const NAMES = /^export (?:type )?\{([^}]*)\} from '(\.[^']+)';$/gm;
const ALL = /^export (?:type )?\* from '(\.[^']+)';$/gm;
const DECLARED =
  /^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm;

/** The exports of every public entry point, each declaration once. */
export function publicExports(): readonly PublicExport[] {
  const found = PACKAGES.flatMap(entryPoints).flatMap(exportsOf);
  return [...new Map(found.map((one) => [`${one.file} ${one.name}`, one])).values()];
}

function entryPoints(folder: string): readonly string[] {
  const home = join('packages', folder);
  const { exports } = JSON.parse(readFileSync(join(root, home, 'package.json'), 'utf8'));
  return Object.entries<{ readonly 'baton-source': Source }>(exports)
    .filter(([path]) => !INTERNAL.includes(path))
    .flatMap(([, { 'baton-source': source }]) =>
      typeof source === 'string' ? [source] : [source.node, source.default],
    )
    .map((source) => join(home, source));
}

function exportsOf(file: string): readonly PublicExport[] {
  const text = readFileSync(join(root, file), 'utf8');
  const beside = (path = '') => join(dirname(file), path);
  return [
    ...[...text.matchAll(DECLARED)].map(([, name = '']) => ({ name, file })),
    ...[...text.matchAll(ALL)].flatMap(([, path]) => exportsOf(beside(path))),
    ...[...text.matchAll(NAMES)].flatMap(([, list = '', path]) =>
      list.split(',').flatMap((part) => declaredAs(part, beside(path))),
    ),
  ];
}

/** An item of an export list, such as `type Runner` or `textOf as gitText`. */
function declaredAs(item: string, file: string): readonly PublicExport[] {
  const [name = ''] = item
    .trim()
    .replace(/^type /, '')
    .split(' as ');
  return name === '' ? [] : [{ name, file }];
}
