import { BatonError } from '@baton/core';
import type { Environment } from './environment.ts';
import { type Git, type GitResult, textOf } from './git.ts';
import { ONLY_PROTOCOLS, withoutCredentials } from './remote-address.ts';
import type { Repository } from './repository.ts';

/*
 * Invariants
 * 1. A ref is created or deleted, never moved: every push says what it expects to find there.
 * 2. Git runs with the settings of the user's repository, so that credential helpers, ssh and proxies work as
 *    they do for the user. What these settings add to a push or fetch (tags, submodules, signatures, options)
 *    is turned off, as hooks are.
 * 3. No program asks a person: there is no terminal, and no window.
 */

/** Refs of another repository. */
export interface Remote {
  /** Without credentials. */
  readonly address: string;
  /** The refs below `prefix`, which ends with a slash, by name. */
  list(prefix: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /**
   * Creates a ref, with all objects that its commit leads to. It may be there already.
   *
   * @throws BatonError `unavailable` unless the remote says that the ref is exactly this commit now.
   */
  create(ref: string, commit: string, signal?: AbortSignal): Promise<void>;
  /** Gets the objects of a ref into the repository, under no ref. */
  fetch(ref: string, signal?: AbortSignal): Promise<void>;
  /** Deletes refs if they are as listed; those that are gone already are fine. */
  remove(refs: ReadonlyMap<string, string>, signal?: AbortSignal): Promise<void>;
}

export interface RemoteOptions {
  readonly git: Git;
  readonly env: Environment;
  readonly repository: Pick<Repository, 'root' | 'commonDir'>;
  /** As {@link checkRemote} accepts it. */
  readonly address: string;
  /** Milliseconds after which a command is ended. Default: 600,000. */
  readonly timeoutMs: number | undefined;
  /** In place of the repository's. */
  readonly objectDir?: string | undefined;
}

interface Change {
  readonly ref: string;
  /** The commit that is there; empty: none. */
  readonly from: string;
  readonly to: string;
}

/** Proxies of the user; they may have passwords, so only these commands get them. */
const PROXY = /^(?:https?|all|no)_proxy$/i;

/** Ends an HTTP transfer that stands still for a minute. */
const SETTINGS = [
  ...['http.lowSpeedLimit=1', 'http.lowSpeedTime=60'],
  ...['core.askPass=', 'credential.interactive=false', 'push.pushOption='],
  'core.fsync=loose-object,pack,pack-metadata,reference',
].flatMap((setting) => ['-c', setting]);

const NO_EXTRAS = ['--no-follow-tags', '--no-signed', '--recurse-submodules=no', '--no-verify'];
const NOTHING_ELSE = [
  ...['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-prune'],
  '--no-auto-maintenance',
];

const DEFAULT_TIMEOUT_MS = 600_000;
/** Refs to delete with one command, whose arguments have a limit. */
const AT_ONCE = 200;

export function remoteOf({ git, env, repository, ...options }: RemoteOptions): Remote {
  const { address, timeoutMs = DEFAULT_TIMEOUT_MS, objectDir } = options;
  const inEnvironment = {
    GIT_DIR: repository.commonDir,
    GIT_NO_REPLACE_OBJECTS: '1',
    ...ONLY_PROTOCOLS,
    ...Object.fromEntries(Object.entries(env).filter(isProxy)),
    ...(objectDir !== undefined && { GIT_OBJECT_DIRECTORY: objectDir }),
  };
  let ssh: Promise<Record<string, string>> | undefined;

  /** The user's ssh, or one that neither asks nor waits for ever. */
  async function sshCommand(): Promise<Record<string, string>> {
    const cwd = repository.root;
    const { code } = await git(['config', '--get', 'core.sshCommand'], { cwd, accept: [1] });
    if (code === 0 || env['GIT_SSH'] || env['GIT_SSH_COMMAND']) return {};
    const seconds = ['ConnectTimeout=30', 'ServerAliveInterval=15', 'ServerAliveCountMax=4'];
    const settings = ['BatchMode=yes', ...seconds].map((setting) => `-o ${setting}`);
    return { GIT_SSH_COMMAND: `ssh ${settings.join(' ')}` };
  }

  async function run(
    args: readonly string[],
    signal: AbortSignal | undefined,
    accept: readonly number[] = [],
  ): Promise<GitResult> {
    ssh ??= sshCommand();
    const late = AbortSignal.timeout(timeoutMs);
    const either = signal === undefined ? late : AbortSignal.any([signal, late]);
    try {
      return await git([...SETTINGS, ...args], {
        cwd: repository.root,
        env: { ...inEnvironment, ...(await ssh) },
        mayFetch: true,
        signal: either,
        accept,
      });
    } catch (reason) {
      if (signal?.aborted) throw BatonError.from(signal.reason);
      throw failureAt(address, late.aborted ? `no answer in ${timeoutMs} ms` : saidIn(reason));
    }
  }

  /**
   * Changes refs, each from what is expected there to a commit, or to nothing.
   *
   * @returns what the remote answers of each: a flag of `git push --porcelain`, and why it refuses.
   */
  async function push(
    changes: readonly Change[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, string>> {
    const leases = changes.map(({ ref, from }) => `--force-with-lease=${ref}:${from}`);
    const refspecs = changes.map(({ ref, to }) => `${to}:${ref}`);
    const args = ['push', '--porcelain', '--no-progress', ...NO_EXTRAS, ...leases];
    const { stdout, stderr } = await run([...args, '--', address, ...refspecs], signal, [1]);
    const answers = new Map<string, string>();
    for (const line of stdout.toString('utf8').split('\n')) {
      const [flag = '', names, why = ''] = line.split('\t');
      if (names !== undefined) answers.set(names.slice(names.indexOf(':') + 1), `${flag}${why}`);
    }
    if (answers.size === 0) throw failureAt(address, stderr);
    // What a hook of the remote says, such as why it refuses.
    const remarks = stderr.split('\n').filter((line) => line.startsWith('remote: '));
    return new Map(
      [...answers].map(([ref, answer]) => [ref, [answer, ...remarks].join('; ').trim()]),
    );
  }

  return {
    address,

    async list(prefix, signal) {
      const listed = await run(
        ['ls-remote', '--refs', '--quiet', '--', address, `${prefix}*`],
        signal,
      );
      const lines = textOf(listed)
        .split('\n')
        .filter((line) => line !== '');
      const refs = lines.map((line): [string, string] => {
        const [id = '', name = ''] = line.split('\t');
        return [name, id];
      });
      // Git also lists names that only end like this.
      return new Map(refs.filter(([name]) => name.startsWith(prefix)));
    },

    async create(ref, commit, signal) {
      const answer = (await push([{ ref, from: '', to: commit }], signal)).get(ref);
      // Created now, or before: the remote has said that it has exactly this commit there.
      if (answer?.startsWith('*') || answer?.startsWith('=')) return;
      const why = answer?.includes('(stale info)')
        ? 'it has another object there'
        : answer?.slice(1);
      throw failureAt(address, `it did not create ${ref}: ${why ?? 'it does not say why'}`);
    },

    async fetch(ref, signal) {
      await run(['fetch', '--quiet', ...NOTHING_ELSE, '--', address, ref], signal);
    },

    async remove(refs, signal) {
      const changes = [...refs].map(([ref, from]) => ({ ref, from, to: '' }));
      for (let at = 0; at < changes.length; at += AT_ONCE) {
        const answers = await push(changes.slice(at, at + AT_ONCE), signal);
        for (const [ref, answer] of answers) {
          // No ref is ever moved: one that is not as it was listed is gone.
          if (answer.startsWith('-') || answer.includes('(stale info)')) continue;
          throw failureAt(address, `it did not delete ${ref}: ${answer.slice(1)}`);
        }
      }
    },
  };
}

function isProxy(entry: [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined && PROXY.test(entry[0]);
}

function saidIn(reason: unknown): string {
  const error = BatonError.from(reason);
  return error.metadata['stderr'] ?? error.message;
}

function failureAt(address: string, said: string): BatonError {
  const words = withoutCredentials(said)
    .replace(/^(?:fatal|error): /gm, '')
    .trim();
  return new BatonError('unavailable', `the git remote ${address}: ${words}`, {
    metadata: { remote: address },
  });
}
