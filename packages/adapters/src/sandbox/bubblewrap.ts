import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import { BatonError } from '@baton/core';
import { descendantsOf } from '../process/linux-processes.ts';
import { keyringFilter } from './keyring-filter.ts';
import { FORWARDER, proxyVariables } from './network/forward.ts';
import type { NetworkOptions, OpenNetwork } from './network/open-network.ts';
import type { Confined, ConfinedCommand, Sandbox, SandboxPolicy } from './sandbox.ts';

/*
 * Invariants
 * 1. The first process of the PID namespace dies with the bwrap outside of it, and every process inside dies
 *    with it, whatever sessions, groups or signal handlers a command uses.
 * 2. A command has its own user namespace and no capabilities, even when root runs Baton.
 * 3. Nothing runs when the sandbox cannot be set up: bwrap exits first.
 * 4. Which hosts a command may reach is decided outside; the forwarder inside decides nothing.
 */

/** File descriptors of bwrap, after stdin, stdout and stderr. */
const INFO = 3;
const LEFT = 4;
const SECCOMP = 5;

const FILTER = keyringFilter(process.arch);

/** Written from inside the sandbox before the command runs. */
const UP = 'up';

/** Where the sockets to the outside lie inside the sandbox. */
const SOCKETS = '/run/baton/network';

/**
 * Starts the forwarder to the sockets from the leading arguments, whose number is the first argument. The
 * forwarder prints its process id when it is ready, or an error.
 */
const FORWARD = `count=$1; shift
if [ "$count" -gt 0 ]; then
  forwarder=$(/usr/bin/env -i "$1" -e "$2" "$3" $4 ${LEFT}>&- 2>&1 &)
  case $forwarder in ''|*[!0-9]*) echo "$forwarder" >&2; exit 1;; esac
  shift "$count"
fi`;

/**
 * Runs the command, then lists the processes that it left running. Process 1 of the namespace is bwrap's; a
 * process without a command line has exited.
 */
const SUPERVISE = `trap : TERM INT HUP
forwarder=
${FORWARD}
echo ${UP} >&${LEFT}
"$@" ${LEFT}>&-
code=$?
for process in /proc/[1-9]*; do
  id=\${process#/proc/}
  [ "$id" = 1 ] || [ "$id" = $$ ] || [ "$id" = "$forwarder" ] && continue
  line=; name=
  read -r line 2>/dev/null < "$process/cmdline"
  read -r name 2>/dev/null < "$process/comm"
  [ -n "$line" ] && echo "$name" >&${LEFT}
done
exit $code`;

/**
 * Entries of /proc that belong to root and affect the whole machine: root can write them without a
 * capability.
 */
const SETTINGS = ['sys', 'sysrq-trigger', 'irq', 'bus', 'acpi', 'scsi', 'fs', 'mtrr'].flatMap(
  (name) => ['--ro-bind-try', `/proc/${name}`, `/proc/${name}`],
);

/** Hidden from a command or private to it, whatever the policy shows. */
const PRIVATE = ['/tmp', '/var/tmp', '/run'];

const ALWAYS = [
  ...['--dev', '/dev', '--proc', '/proc', ...SETTINGS],
  ...PRIVATE.flatMap((folder) => ['--tmpfs', folder]),
];

const APART = ['user', 'ipc', 'pid', 'uts', 'cgroup-try'].map((one) => `--unshare-${one}`);

/** On most systems, the resolver's file is a link into a hidden folder. */
const RESOLVER = '/etc/resolv.conf';

/** Runs the forwarder. */
const NODE = realpathSync(process.execPath);

/** The forwarder is one more process of the sandbox and holds connections. */
const FORWARDER_OVERHEAD = { memoryBytes: 192 * 2 ** 20, processes: 1 };

/** @param program absolute path of bwrap. */
export function createBubblewrap(program: string, options: NetworkOptions): Sandbox {
  return {
    name: 'bubblewrap',
    privateFolders: PRIVATE,
    async confine({ argv, cwd, env }, policy): Promise<ConfinedCommand> {
      const { network } = policy;
      const readable = [...policy.readable, ...readableFor(network)];
      const mounts = mountsOf({ ...policy, readable });
      const opened =
        typeof network === 'string' ? undefined : await opening(network.hosts, options);
      const forwarding = opened === undefined ? [] : forwardingTo(opened);
      const wall = [
        ...[...APART, ...(network === 'all' ? [] : ['--unshare-net'])],
        // Otherwise root keeps all capabilities and can unmount what hides files.
        ...['--cap-drop', 'ALL'],
        ...['--die-with-parent', '--info-fd', String(INFO)],
        ...(FILTER === undefined ? [] : ['--seccomp', String(SECCOMP)]),
        ...['--ro-bind', '/', '/', ...ALWAYS, ...mounts],
        ...(opened === undefined ? [] : ['--ro-bind', opened.folder, SOCKETS]),
        ...['--chdir', cwd, '--'],
      ];
      const supervise = ['/bin/sh', '-c', SUPERVISE, 'baton', String(forwarding.length)];
      return {
        argv: [program, ...wall, ...supervise, ...forwarding, ...argv],
        cwd,
        env: {
          ...env,
          TMPDIR: '/tmp',
          ...(opened !== undefined && proxyVariables(opened.proxyPort, env)),
        },
        pipes: 3,
        attach(child): Confined {
          giveFilter(child);
          const info = collectText(child.stdio[INFO]);
          const left = collectText(child.stdio[LEFT]);
          const first = (): number | undefined => {
            const id = /"child-pid":\s*(\d+)/.exec(info())?.[1];
            return id === undefined ? undefined : Number(id);
          };
          return {
            processes() {
              const id = first();
              return id === undefined ? [] : descendantsOf(id);
            },
            isUp: () => left().startsWith(UP),
            leftRunning: () => left().split('\n').slice(1).filter(Boolean),
            refusedHosts: () => opened?.refused() ?? [],
            overhead: opened === undefined ? { memoryBytes: 0, processes: 0 } : FORWARDER_OVERHEAD,
          };
        },
        close: async () => opened?.close(),
      };
    },
  };
}

/** To load a proxy takes part of the time in which a command starts, and few sandboxes have one. */
async function opening(hosts: readonly string[], options: NetworkOptions): Promise<OpenNetwork> {
  const { openNetwork } = await import('./network/open-network.ts');
  return openNetwork(hosts, options);
}

function forwardingTo({ ports }: OpenNetwork): readonly string[] {
  return [NODE, FORWARDER, SOCKETS, ports.join(' ')];
}

/** Passes the seccomp filter; bwrap reads all of it before it runs anything. */
function giveFilter(child: ChildProcess): void {
  const pipe: unknown = Array.from(child.stdio)[SECCOMP];
  if (!(pipe instanceof Writable)) return;
  // A bwrap that has already exited reads nothing.
  pipe.on('error', () => undefined);
  pipe.end(FILTER);
}

/** Files that a command must read to use its network. */
function readableFor(network: SandboxPolicy['network']): readonly string[] {
  if (network === 'none') return [];
  if (network !== 'all') return [NODE];
  return existsSync(RESOLVER) ? [realpathSync(RESOLVER)] : [];
}

/** More than the sandbox prints. */
const MOST_CHARACTERS = 64 * 1024;

/** Reads a pipe of a process. Returns a function that returns the text so far. */
function collectText(pipe: ChildProcess['stdio'][number]): () => string {
  let text = '';
  if (pipe !== null && pipe !== undefined && 'on' in pipe) {
    pipe.on('data', (chunk: Buffer) => {
      if (text.length < MOST_CHARACTERS) text += chunk.toString('utf8');
    });
    pipe.on('error', () => {});
  }
  return () => text;
}

type Mount = readonly [path: string, ...args: readonly string[]];

/**
 * The arguments of bwrap for the paths of a policy, parents before children. Missing writable folders are
 * created; missing readable or hidden ones need no mount.
 */
function mountsOf({ hidden, readable, writable }: SandboxPolicy): readonly string[] {
  const mounts: Mount[] = [
    ...hidden.filter(isFolder).map((path): Mount => [path, '--tmpfs', path]),
    ...bound('--ro-bind', readable),
    ...bound('--bind', writable.map(made)),
  ];
  const deep = ([path]: Mount): number => path.split('/').length;
  // The sort is stable: a writable mount comes after the one that hides its path.
  return mounts.sort((a, b) => deep(a) - deep(b)).flatMap(([, ...args]) => args);
}

function made(path: string): string {
  expectReal(path);
  if (!existsSync(path)) mkdirSync(path, { recursive: true });
  return path;
}

function bound(how: '--ro-bind' | '--bind', paths: readonly string[]): readonly Mount[] {
  return paths.filter(existsSync).map((path) => {
    expectReal(path);
    return [path, how, path, path];
  });
}

/** An earlier command may have put a link there, to files that this one must not see. */
function expectReal(path: string): void {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  const real = realpathSync(there);
  if (real === there) return;
  throw new BatonError(
    'invalid_input',
    `${path} has changed since the build began: ${there} leads to ${real}; remove the link, then request a retry`,
  );
}

/** The root cannot be hidden: nothing could run. */
function isFolder(path: string): boolean {
  return path !== '/' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
