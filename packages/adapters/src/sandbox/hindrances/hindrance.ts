/** Something that a command wanted and its sandbox did not give it. */
export interface Hindrance {
  /** What that was, as a clause: `port 5432 of this machine is not reachable there`. */
  readonly what: string;
  /** What its policy would have to say besides; absent: no setting gives it. */
  readonly allow?: Allowed;
}

/** Changes of what a command is held to, as a configuration writes them. */
interface Allowed {
  readonly read?: string;
  readonly write?: string;
  /** Hosts, or `all`. */
  readonly network?: readonly string[] | 'all';
  readonly workspace?: 'write';
}

/** Where a configuration says what a command is held to, for messages to people. */
export interface SandboxSettings {
  /** The entry of the command, such as `commands.test`. */
  readonly entry: string;
  readonly file: string;
  /** What the entry says already. */
  readonly own: {
    readonly read?: readonly string[] | undefined;
    readonly write?: readonly string[] | undefined;
  };
  /** What the command reaches, as it is written, there or elsewhere. */
  readonly network: 'none' | 'all' | readonly string[];
  /** The user's home. */
  readonly home: string;
  /** The user's own checkouts of the repository, with their git folder. */
  readonly checkouts: readonly string[];
  /** What Baton keeps: no setting should show that to a command. */
  readonly kept: readonly string[];
}

/** More in one message are not read. */
const MOST = 5;

/** What a command was kept from, in a line; undefined: nothing is known. */
export function describeHindrances(hindrances: readonly Hindrance[]): string | undefined {
  if (hindrances.length === 0) return undefined;
  const shown = hindrances.slice(0, MOST).map(({ what }) => what);
  const more = hindrances.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more of the kind`] : [])].join('; ');
}

/**
 * The line of configuration that gives a command what it was kept from; undefined: there is none.
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

/** With what is there already: what a command says of itself replaces what is said elsewhere. */
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
