/** A script that a command calls: `npm run lint -- --fix` calls `lint` with an argument. */
export type ScriptCall =
  | {
      readonly kind: 'scripts';
      readonly names: readonly string[];
      readonly more: readonly string[];
    }
  /** The script of each package of a workspace. */
  | { readonly kind: 'members'; readonly name: string };

const MANAGERS = new Set(['npm', 'pnpm', 'yarn', 'bun']);
const RUNNERS_OF_MANY = new Set([
  'npm-run-all',
  'npm-run-all2',
  'run-s',
  'run-p',
  'npm-run-all-next',
]);
const MEMBERS =
  /^(-r|--recursive|-ws|--ws|--workspaces?(=.*)?|-w|--filter(=.*)?|-F|workspaces?|foreach|--parallel|--stream)$/;

/** What a command calls; undefined when it is no call of a script. */
export function scriptCallOf(
  argv: readonly string[],
  scripts: ReadonlyMap<string, string>,
): ScriptCall | undefined {
  const [program = '', ...args] = argv;
  if (RUNNERS_OF_MANY.has(program)) {
    const names = args
      .filter((one) => !one.startsWith('-'))
      .flatMap((one) => matching(one.split(' ')[0] ?? '', scripts));
    return { kind: 'scripts', names, more: [] };
  }
  const ofMembers = ['lerna', 'turbo', 'nx', 'wsrun', 'ultra', 'moon', 'rush'].includes(program);
  if (!MANAGERS.has(program) && !ofMembers) return undefined;
  const end = args.indexOf('--');
  const before = end === -1 ? args : args.slice(0, end);
  const words = before.filter(
    (one) => !one.startsWith('-') && one !== 'run' && one !== 'run-script',
  );
  const name = words.find((one) => scripts.has(one) || /^(t|tst|test)/.test(one));
  if (ofMembers || before.some((one) => MEMBERS.test(one))) {
    return { kind: 'members', name: name ?? 'test' };
  }
  const called = name === 't' || name === 'tst' ? 'test' : name;
  if (called === undefined || !scripts.has(called)) return undefined;
  const more = end === -1 ? args.slice(args.indexOf(name ?? '') + 1) : args.slice(end + 1);
  return { kind: 'scripts', names: [called], more };
}

/** The scripts that a name or a pattern such as `lint:*` stands for. */
function matching(pattern: string, scripts: ReadonlyMap<string, string>): readonly string[] {
  if (!pattern.includes('*')) return scripts.has(pattern) ? [pattern] : [];
  const [first, ...rest] = pattern.split(/\*+/).map(escaped);
  const expression = new RegExp(`^${[first, ...rest].join('.*')}$`);
  return [...scripts.keys()].filter((name) => expression.test(name));
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
