import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { descendantsOf } from '../process/linux-processes.ts';
import { parseHostRule } from './network/host-rules.ts';
import type { Confined, ConfinedCommand, Sandbox, SandboxPolicy } from './sandbox.ts';

/*
 * Invariants of running `@anthropic-ai/sandbox-runtime`, which uses bubblewrap on Linux and Seatbelt on macOS
 * 1. It runs as a separate program for each command, with the policy in a settings file that is removed
 *    afterwards. It refuses to run without a readable one.
 * 2. What it cannot enforce is refused, never left out.
 */

/** Reports from inside the sandbox that it is up, then becomes the command. */
const MARK = 'echo up > "$0"; exec "$@"';

/** @param launcher runs srt: its program, or Node and its script. */
export function createSrt(launcher: readonly string[]): Sandbox {
  return {
    name: 'srt',
    problemWith,
    async confine({ argv, cwd, env }, policy): Promise<ConfinedCommand> {
      const problem = problemWith(policy.network);
      if (problem !== undefined) throw new BatonError('invalid_input', `srt: ${problem}`);
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-srt-')));
      const [settings, scratch] = [join(folder, 'settings.json'), join(folder, 'tmp')];
      mkdirSync(scratch);
      const mark = join(scratch, '.up');
      writeFileSync(settings, JSON.stringify(settingsOf(policy, scratch)), { mode: 0o600 });
      const marked = ['/bin/sh', '-c', MARK, mark, ...argv];
      return {
        argv: [...launcher, '--settings', settings, '--', ...marked],
        cwd,
        // The name under which srt reads TMPDIR.
        env: { ...env, CLAUDE_CODE_TMPDIR: scratch },
        pipes: 0,
        attach: (child): Confined => ({
          processes: () => descendantsOf(child.pid ?? 0),
          isUp: () => existsSync(mark),
          leftRunning: () => [],
          refusedHosts: () => [],
          overhead: OVERHEAD,
        }),
        close: () => rm(folder, { recursive: true, force: true }),
      };
    },
  };
}

/** Its shells, bridges and bwrap are among the descendants. */
const OVERHEAD = { memoryBytes: 64 * 2 ** 20, processes: 12 };

function problemWith(network: SandboxPolicy['network']): string | undefined {
  if (network === 'all') {
    return 'it gives no command the whole network: say in sandbox.network which hosts';
  }
  const hosts = network === 'none' ? [] : network.hosts;
  const local = hosts.filter((host) => parseHostRule(host).kind === 'local');
  if (local.length === 0) return undefined;
  return `it leads to no port of this machine (${local.join(', ')}), as bubblewrap does`;
}

function settingsOf(policy: SandboxPolicy, scratch: string): object {
  const { network, hidden, readable, writable } = policy;
  const there = (paths: readonly string[]) => paths.filter((path) => existsSync(path));
  for (const path of writable) if (!existsSync(path)) mkdirSync(path, { recursive: true });
  return {
    network: {
      allowedDomains: network === 'none' || network === 'all' ? [] : network.hosts.flatMap(domains),
      deniedDomains: [],
      allowLocalBinding: true,
    },
    filesystem: {
      denyRead: there(hidden).filter((path) => path !== '/'),
      allowRead: there([...readable, ...writable]),
      allowWrite: [...writable, scratch],
      denyWrite: [],
    },
  };
}

function domains(entry: string): readonly string[] {
  const { host, kind, ports } = parseHostRule(entry);
  const name = kind === 'subdomains' ? `*.${host}` : host.includes(':') ? `[${host}]` : host;
  return ports.map((port) => `${name}:${port}`);
}
