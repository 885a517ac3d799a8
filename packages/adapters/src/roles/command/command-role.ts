import { resolve } from 'node:path';
import type { Allowance, DeclaredPrincipal, RoleAdapter, Workspace } from '@baton/core';
import { NO_ALLOWANCE } from '@baton/core/internal';
import { noteHindrances } from '../../process/hindered.ts';
import { keptBytes } from '../../process/keep-output.ts';
import { noteLeftRunning } from '../../process/note-left-running.ts';
import { runCommand } from '../../process/run-command.ts';
import { type Confinement, wallOf } from '../../sandbox/wall.ts';
import { parseOutcome } from './parse-outcome.ts';

export interface CommandRoleOptions {
  readonly role: string;
  /** The program and its arguments; never a shell string. */
  readonly argv: readonly string[];
  /** Who is behind it, for separation of duties: nobody can tell from outside. Default: not declared. */
  readonly principal?: DeclaredPrincipal | undefined;
  /**
   * What one attempt may use, as its `allowance` tells it. What it really uses nobody counts. Default:
   * nothing is set aside.
   */
  readonly reserve?: Allowance | undefined;
  /** Milliseconds until the command is ended. Default: the assignment's deadline alone. */
  readonly timeoutMs?: number | undefined;
  /** Variables to set for the command. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names of variables to pass on beside `PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR` and `TZ`. */
  readonly passEnv?: readonly string[] | undefined;
  /** What it is held to. Default: nothing; it may do what Baton's own process may. */
  readonly confinement?: Confinement | undefined;
  /** Bytes kept of stdout and of stderr. Default 1 MiB. */
  readonly maxOutputBytes?: number | undefined;
  /**
   * Folder to run in, relative to the workspace, which it cannot leave; without a workspace relative
   * to the process. Default: the workspace's root, or the folder of the process.
   */
  readonly cwd?: string | undefined;
}

/**
 * A role that is a program in any language. It reads the assignment as JSON from stdin and writes
 * one JSON document, the outcome, to stdout; lines on stderr are progress. Exit code 75
 * (`EX_TEMPFAIL`) and timeouts are tried again; any other failure or unusable answer is not.
 */
export function createCommandRole(options: CommandRoleOptions): RoleAdapter {
  const { role, argv, principal, timeoutMs, env, passEnv, maxOutputBytes, confinement } = options;
  return {
    role,
    reserve: options.reserve ?? NO_ALLOWANCE,
    ...(principal !== undefined && { principal }),
    async perform(assignment, context) {
      const { redact, signal, workspace } = context;
      const cwd = await folder(workspace, options.cwd);
      const result = await runCommand({
        argv,
        cwd,
        wall: wallOf(confinement, { workspace, folder: cwd }),
        env,
        passEnv,
        timeoutMs,
        maxOutputBytes,
        stdin: JSON.stringify(assignment),
        signal,
        onStderrLine: (line) => context.progress(line),
        redact,
        // The outcome is masked when it leaves the role: a mask could break its JSON.
        rawStdout: true,
        maxCombinedBytes: keptBytes(context),
      });
      await context.artifact?.({ kind: 'transcript', name: argv[0] ?? role }, result.combined);
      noteLeftRunning(context, argv[0] ?? '', result);
      noteHindrances(context, argv[0] ?? '', result);
      return parseOutcome(`the command '${argv[0]}' of role '${role}'`, result, redact);
    },
  };
}

async function folder(workspace: Workspace | undefined, cwd: string | undefined): Promise<string> {
  if (workspace === undefined) return resolve(cwd ?? '.');
  return cwd === undefined ? workspace.path : workspace.resolve(cwd);
}
