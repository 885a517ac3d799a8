import { resolve } from 'node:path';
import type { Allowance, DeclaredPrincipal, RoleAdapter, Workspace } from '@baton/core';
import { NO_ALLOWANCE } from '@baton/core/internal';
import { noteHindrances, noteLeftRunning } from '../../process/hindered.ts';
import { forAttempt, keepOutput } from '../../process/keep-output.ts';
import { runCommand } from '../../process/run-command.ts';
import { type Confinement, wallOf } from '../../sandbox/wall.ts';
import { parseOutcome } from './parse-outcome.ts';

/** Options of {@link createCommandRole}. */
export interface CommandRoleOptions {
  /** The role that the program performs. */
  readonly role: string;
  /** The program and its arguments; never a shell string. */
  readonly argv: readonly string[];
  /**
   * The principal that performs the role, for separation of duties. Baton cannot find it out from outside the
   * program. Default: not declared.
   */
  readonly principal?: DeclaredPrincipal | undefined;
  /**
   * What one attempt may use; the assignment carries it as `allowance`. Baton reserves it but cannot measure
   * what the program really uses. Default: nothing is reserved.
   */
  readonly reserve?: Allowance | undefined;
  /** Milliseconds until the command is ended. Default: the assignment's deadline alone. */
  readonly timeoutMs?: number | undefined;
  /** Variables to set for the command. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names of variables to pass on beside `PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR` and `TZ`. */
  readonly passEnv?: readonly string[] | undefined;
  /**
   * The sandbox and its rules for the command. Default: none; the command may do what Baton's process may do.
   */
  readonly confinement?: Confinement | undefined;
  /** Bytes to keep of stdout and of stderr. Default 1 MiB. */
  readonly maxOutputBytes?: number | undefined;
  /**
   * Folder to run in: relative to the workspace, which it cannot leave; without a workspace, relative to the
   * process. Default: the root of the workspace, or the folder of the process.
   */
  readonly cwd?: string | undefined;
}

/**
 * A role that runs a program in any language. The program reads the assignment as JSON from stdin and writes
 * one JSON document, the outcome, to stdout; each line on stderr is reported as progress. The runner retries
 * after exit code 75 (`EX_TEMPFAIL`) and after a timeout; any other failure or unusable answer ends the
 * attempt for good.
 *
 * @example
 * import { createCommandRole } from '@baton/adapters/command';
 * const role = createCommandRole({ role: 'code_writer', argv: ['python3', 'write.py'], timeoutMs: 600_000 });
 */
export function createCommandRole(options: CommandRoleOptions): RoleAdapter {
  const { role, argv, principal, timeoutMs, env, passEnv, maxOutputBytes, confinement } = options;
  return {
    role,
    reserve: options.reserve ?? NO_ALLOWANCE,
    principal,
    async perform(assignment, context) {
      const { workspace } = context;
      const cwd = await folder(workspace, options.cwd);
      const output = keepOutput(context, { kind: 'transcript', name: argv[0] ?? role });
      const result = await runCommand({
        argv,
        cwd,
        wall: wallOf(confinement, { workspace, folder: cwd }),
        env,
        passEnv,
        timeoutMs,
        maxOutputBytes,
        stdin: JSON.stringify(assignment),
        ...forAttempt(context),
        onStderrLine: (line) => context.progress(line),
        // A secret in it stays until the outcome leaves the role: JSON with other characters in it could be broken.
        rawStdout: true,
        ...output.options,
      });
      await output.keep(result);
      noteLeftRunning(context, argv[0] ?? '', result);
      noteHindrances(context, argv[0] ?? '', result);
      return parseOutcome(`the command '${argv[0]}' of role '${role}'`, result, context);
    },
  };
}

async function folder(workspace: Workspace | undefined, cwd: string | undefined): Promise<string> {
  if (workspace === undefined) return resolve(cwd ?? '.');
  return cwd === undefined ? workspace.path : workspace.resolve(cwd);
}
