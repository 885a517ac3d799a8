import { namespaceMembers } from '../processes/linux-processes.ts';
import { collectText } from './collect-text.ts';
import { mountsOf } from './mounts.ts';
import type { Confined, ConfinedCommand, Sandbox } from './sandbox.ts';

/*
 * 1. The first process of the process namespace dies with the bwrap outside of it, and with it all that
 *    is in there: no session, group or signal of a command's own changes that.
 * 2. A command has a user namespace of its own and no capability, also when root runs Baton.
 * 3. Nothing is run where the wall cannot be put up: bwrap ends first.
 */

/** Pipes of bwrap, after stdin, stdout and stderr. */
const INFO = 3;
const LEFT = 4;

/** Said from behind the wall before the command is run. */
const UP = 'up';

/**
 * Runs the command and then names what it has left running. In the namespace 1 is bwrap's own; a
 * process without a command line has ended.
 */
const SUPERVISE = `trap : TERM INT HUP
echo ${UP} >&${LEFT}
"$@" ${LEFT}>&-
code=$?
for process in /proc/[1-9]*; do
  id=\${process#/proc/}
  [ "$id" = 1 ] || [ "$id" = $$ ] && continue
  line=; name=
  read -r line 2>/dev/null < "$process/cmdline"
  read -r name 2>/dev/null < "$process/comm"
  [ -n "$line" ] && echo "$name" >&${LEFT}
done
exit $code`;

/** Kept out of a command's sight, or private to it, whatever else is to be seen. */
const ALWAYS = [
  ...['--dev', '/dev', '--proc', '/proc'],
  ...['--tmpfs', '/tmp', '--tmpfs', '/var/tmp', '--tmpfs', '/run'],
];

const APART = ['user', 'ipc', 'pid', 'uts', 'cgroup-try'].map((one) => `--unshare-${one}`);

/** The resolver's file is a link into what is hidden, on most systems. */
const RESOLVER = '/etc/resolv.conf';

/** @param program absolute path of bwrap. */
export function createBubblewrap(program: string): Sandbox {
  return {
    name: 'bubblewrap',
    async confine({ argv, cwd, env }, policy): Promise<ConfinedCommand> {
      const { network } = policy;
      const readable = network === 'none' ? policy.readable : [...policy.readable, RESOLVER];
      const wall = [
        ...[...APART, ...(network === 'none' ? ['--unshare-net'] : [])],
        ...['--die-with-parent', '--info-fd', String(INFO)],
        ...['--ro-bind', '/', '/', ...ALWAYS],
        ...mountsOf({ ...policy, readable }),
        ...['--chdir', cwd, '--'],
      ];
      return {
        argv: [program, ...wall, '/bin/sh', '-c', SUPERVISE, 'baton', ...argv],
        cwd,
        env: { ...env, TMPDIR: '/tmp' },
        pipes: 2,
        attach(child): Confined {
          const info = collectText(child.stdio[INFO]);
          const left = collectText(child.stdio[LEFT]);
          const first = (): number | undefined => {
            const id = /"child-pid":\s*(\d+)/.exec(info())?.[1];
            return id === undefined ? undefined : Number(id);
          };
          return {
            processes() {
              const id = first();
              return id === undefined ? [] : namespaceMembers(id).filter((one) => one !== id);
            },
            isUp: () => left().startsWith(UP),
            leftRunning: () => left().split('\n').slice(1).filter(Boolean),
          };
        },
        close: async () => {},
      };
    },
  };
}
