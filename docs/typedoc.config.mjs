// The API reference: a module for every entry point that users import.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Converter, OptionDefaults, ReflectionKind } from 'typedoc';

const PACKAGES = ['core', 'adapters', 'builds', 'client', 'mcp', 'server', 'telemetry', 'wire'];
/** For the command line; they may change with every version. */
const INTERNAL = ['./internal', './host'];

/** Source files of the entry points, with the names by which they are imported. */
const names = new Map(PACKAGES.flatMap(entryPointsOf));

function entryPointsOf(folder) {
  const root = join(import.meta.dirname, '../packages', folder);
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([path]) => !INTERNAL.includes(path))
    .map(([path, { 'baton-source': source }]) => {
      return [join(root, source.node ?? source), `${name}${path.slice(1)}`];
    });
}

/** Without it, a module has the name of its folder. */
function nameModules(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.fileName;
    reflection.name = names.get(file) ?? reflection.name;
  });
}

export default {
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', nameModules],
  tsconfig: 'tsconfig.json',
  entryPoints: [...names.keys()],
  out: 'reference/api',
  docsRoot: '.',
  name: 'API of the packages',
  readme: 'none',
  // A page for every module: one for each member would be five hundred.
  router: 'module',
  useHTMLAnchors: true,
  entryFileName: 'index',
  excludeInternal: true,
  disableSources: true,
  kindSortOrder: ['Function', 'Class', 'Interface', 'TypeAlias', 'Variable'],
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  // Of the code that protoc-gen-es makes.
  blockTags: [...OptionDefaults.blockTags, '@generated'],
  // `pnpm types` checks types, with the compiler that Baton is written for.
  skipErrorChecking: true,
};
