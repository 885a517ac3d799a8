/** Something that a command needed and its sandbox withheld. */
export interface Hindrance {
  /** A clause that says what it was, such as `port 5432 of this machine is not reachable there`. */
  readonly what: string;
  /** The addition to the policy that permits it; absent: no setting does. */
  readonly allow?: Allowed;
}

/** Additions to a command's rules, as in a configuration. */
interface Allowed {
  readonly read?: string;
  readonly write?: string;
  /** Hosts, or `all`. */
  readonly network?: readonly string[] | 'all';
  readonly workspace?: 'write';
}

/** Where a configuration sets a command's rules, for messages to people. */
export interface SandboxSettings {
  /** The entry of the command, such as `commands.test`. */
  readonly entry: string;
  /** Path of the configuration file. */
  readonly file: string;
  /** What the entry sets itself. */
  readonly own: {
    readonly read?: readonly string[] | undefined;
    readonly write?: readonly string[] | undefined;
  };
  /** The command's network, set in the entry or elsewhere. */
  readonly network: 'none' | 'all' | readonly string[];
  /** The user's home. */
  readonly home: string;
  /** The user's own checkouts of the repository, with their git folder. */
  readonly checkouts: readonly string[];
  /** Baton's own folders, which no setting should show to a command. */
  readonly kept: readonly string[];
}

/** Hindrances to name in one message. */
const MOST = 5;

/** Describes what the sandbox withheld, in one line; undefined: unknown. */
export function describeHindrances(hindrances: readonly Hindrance[]): string | undefined {
  if (hindrances.length === 0) return undefined;
  const shown = hindrances.slice(0, MOST).map(({ what }) => what);
  const more = hindrances.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more of the kind`] : [])].join('; ');
}

/**
 * The line of configuration that permits what the sandbox withheld; undefined: there is none.
 *
 * @example
 * import { adviceFor } from '@baton/adapters/sandbox';
 * adviceFor([{ what: '~/.netrc is hidden', allow: { read: '~/.netrc' } }], undefined);
 * // '"sandbox": { "read": ["~/.netrc"] } in the command'
 */
export function adviceFor(
  hindrances: readonly Hindrance[],
  settings: SandboxSettings | undefined,
): string | undefined {
  const allowed = hindrances.slice(0, MOST).flatMap(({ allow }) => allow ?? []);
  if (allowed.length === 0) return undefined;
  const reach = allowed.flatMap(({ network }) => network ?? []);
  const network = reach.includes('all') ? 'all' : joined(listed(settings?.network), reach);
  const read = joined(
    settings?.own.read,
    allowed.flatMap((one) => one.read ?? []),
  );
  const write = joined(
    settings?.own.write,
    allowed.flatMap((one) => one.write ?? []),
  );
  const says = [
    ...(read === undefined ? [] : [`"read": ${line(read)}`]),
    ...(write === undefined ? [] : [`"write": ${line(write)}`]),
    ...(network === undefined ? [] : [`"network": ${line(network)}`]),
    ...(allowed.some(({ workspace }) => workspace !== undefined) ? ['"workspace": "write"'] : []),
  ].join(', ');
  const where = settings === undefined ? 'the command' : `${settings.entry} of ${settings.file}`;
  return `"sandbox": { ${says} } in ${where}`;
}

function listed(network: SandboxSettings['network'] | undefined): readonly string[] {
  return typeof network === 'object' ? network : [];
}

/** Adds to the existing list, because the command's own setting replaces the general one. */
function joined(
  there: readonly string[] | undefined = [],
  more: readonly string[],
): readonly string[] | undefined {
  return more.length === 0 ? undefined : [...new Set([...there, ...more])];
}

function line(value: string | readonly string[]): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : `[${value.map((one) => JSON.stringify(one)).join(', ')}]`;
}
