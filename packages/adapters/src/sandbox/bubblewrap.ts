import type { ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { Writable } from 'node:stream';
import { descendantsOf } from '../process/linux-processes.ts';
import { collectText } from './collect-text.ts';
import { keyringFilter } from './keyring-filter.ts';
import { mountsOf } from './mounts.ts';
import { FORWARDER } from './network/forward.ts';
import { type NetworkOptions, type OpenNetwork, openNetwork } from './network/open-network.ts';
import { proxyVariables } from './network/proxy-variables.ts';
import type { Confined, ConfinedCommand, Sandbox, SandboxPolicy } from './sandbox.ts';

/*
 * 1. The first process of the process namespace dies with the bwrap outside of it, and with it all that
 *    is in there: no session, group or signal of a command's own changes that.
 * 2. A command has a user namespace of its own and no capability, also when root runs Baton.
 * 3. Nothing is run where the wall cannot be put up: bwrap ends first.
 * 4. Whom a command may reach is decided outside: what runs inside to lead there decides nothing.
 */

/** Pipes of bwrap, after stdin, stdout and stderr. */
const INFO = 3;
const LEFT = 4;
const SECCOMP = 5;

const FILTER = keyringFilter(process.arch);

/** Said from behind the wall before the command is run. */
const UP = 'up';

/** Where the sockets lie that lead out, behind the wall. */
const SOCKETS = '/run/baton/network';

/**
 * Begins what leads to the sockets, by the program and arguments that come first, as many as the first
 * argument says. It says its id once it is ready, or else why it is not.
 */
const FORWARD = `count=$1; shift
if [ "$count" -gt 0 ]; then
  forwarder=$(/usr/bin/env -i "$1" -e "$2" "$3" $4 ${LEFT}>&- 2>&1 &)
  case $forwarder in ''|*[!0-9]*) echo "$forwarder" >&2; exit 1;; esac
  shift "$count"
fi`;

/**
 * Runs the command and then names what it has left running. In the namespace 1 is bwrap's own; a
 * process without a command line has ended.
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

/** Of /proc, what belongs to root and is the whole machine's: root needs no capability to write it. */
const SETTINGS = ['sys', 'sysrq-trigger', 'irq', 'bus', 'acpi', 'scsi', 'fs', 'mtrr'].flatMap(
  (name) => ['--ro-bind-try', `/proc/${name}`, `/proc/${name}`],
);

/** Kept out of a command's sight, or private to it, whatever else is to be seen. */
const PRIVATE = ['/tmp', '/var/tmp', '/run'];

const ALWAYS = [
  ...['--dev', '/dev', '--proc', '/proc', ...SETTINGS],
  ...PRIVATE.flatMap((folder) => ['--tmpfs', folder]),
];

const APART = ['user', 'ipc', 'pid', 'uts', 'cgroup-try'].map((one) => `--unshare-${one}`);

/** The resolver's file is a link into what is hidden, on most systems. */
const RESOLVER = '/etc/resolv.conf';

/** Runs what leads to the sockets. */
const NODE = realpathSync(process.execPath);

/** What leads to the sockets is one more process of the sandbox, and has connections to keep. */
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
        typeof network === 'string' ? undefined : await openNetwork(network.hosts, options);
      const forwarding = opened === undefined ? [] : forwardingTo(opened);
      const wall = [
        ...[...APART, ...(network === 'all' ? [] : ['--unshare-net'])],
        // Root keeps all of them otherwise, and takes away whatever was mounted to hide something.
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

function forwardingTo({ ports }: OpenNetwork): readonly string[] {
  return [NODE, FORWARDER, SOCKETS, ports.join(' ')];
}

/** It reads the filter to its end before it runs anything. */
function giveFilter(child: ChildProcess): void {
  const pipe: unknown = Array.from(child.stdio)[SECCOMP];
  if (!(pipe instanceof Writable)) return;
  // One that has ended already takes none.
  pipe.on('error', () => undefined);
  pipe.end(FILTER);
}

/** What a command needs to be shown for the network that it has. */
function readableFor(network: SandboxPolicy['network']): readonly string[] {
  if (network === 'none') return [];
  if (network !== 'all') return [NODE];
  return existsSync(RESOLVER) ? [realpathSync(RESOLVER)] : [];
}
