import { bytesOf, fieldsOf } from '../git/git.ts';
import { type GitSettings, settingOf } from '../git/git-settings.ts';
import type { PrivateGit } from './private-git.ts';

/** How git may convert a file on its way into the repository and out of it. */
export interface Conversion {
  /** The attributes, as a line of an attributes file without the pattern. */
  readonly attributes: string;
  /** The filter; undefined when there is none. */
  readonly filter: string | undefined;
}

const NAMES = ['text', 'crlf', 'eol', 'ident', 'filter', 'working-tree-encoding'] as const;
type Attributes = Readonly<Record<(typeof NAMES)[number], string>>;

const UNSPECIFIED = 'unspecified';

/**
 * The conversions of those `paths` that git may convert, by the attributes in the index of `git`. Files that
 * are stored unchanged are left out.
 */
export async function conversionsOf(
  git: PrivateGit,
  paths: readonly string[],
  settings: GitSettings,
): Promise<Map<string, Conversion>> {
  const check = ['check-attr', '--cached', '-z', '--stdin', ...NAMES];
  const fields = fieldsOf(await git.run(check, { input: bytesOf(paths) }));
  const conversions = new Map<string, Conversion>();
  for (let at = 0; at + 2 < fields.length; at += 3 * NAMES.length) {
    const values = NAMES.map((name, nth) => [name, fields[at + 3 * nth + 2] ?? UNSPECIFIED]);
    const attributes = Object.fromEntries(values) as Attributes;
    if (isTakenAsItIs(attributes, settings)) continue;
    conversions.set(fields[at] ?? '', {
      attributes: NAMES.map((name) => written(name, attributes[name])).join(' '),
      filter: filterOf(attributes),
    });
  }
  return conversions;
}

function isTakenAsItIs(attributes: Attributes, settings: GitSettings): boolean {
  if (filterOf(attributes) !== undefined || attributes.ident === 'set') return false;
  if (!['unset', UNSPECIFIED].includes(attributes['working-tree-encoding'])) return false;
  const { text, crlf, eol } = attributes;
  if (text === 'unset' || (text === UNSPECIFIED && crlf === 'unset')) return true;
  if (text !== UNSPECIFIED || crlf !== UNSPECIFIED || eol !== UNSPECIFIED) return false;
  return !convertsLineEnds(settings);
}

function convertsLineEnds(settings: GitSettings): boolean {
  const found = settings.config.findLast(([key]) => key === 'core.autocrlf');
  if (found === undefined) return false;
  return !['false', 'no', 'off', '0', ''].includes((found[1] ?? 'true').toLowerCase());
}

function filterOf({ filter }: Attributes): string | undefined {
  return ['set', 'unset', UNSPECIFIED].includes(filter) ? undefined : filter;
}

function written(name: string, value: string): string {
  if (value === 'set') return name;
  if (value === 'unset') return `-${name}`;
  return value === UNSPECIFIED ? `!${name}` : `${name}=${value}`;
}

/** Whether the settings define the filter. */
export function isConfigured(filter: string, settings: GitSettings): boolean {
  return ['clean', 'process', 'smudge'].some(
    (action) => settingOf(settings, `filter.${filter}.${action}`) !== undefined,
  );
}
