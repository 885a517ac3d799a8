import { BatonError } from '@baton/core';
import { z } from 'zod';
import { lastOf } from '../../../process/excerpt.ts';
import { withRefused } from '../../../process/hindered.ts';
import { forAttempt } from '../../../process/keep-output.ts';
import { type CommandResult, runCommand } from '../../../process/run-command.ts';
import { wallOf } from '../../../sandbox/wall.ts';
import { type CheckCommand, checkCommands, expandCommand } from '../../checks/check-command.ts';
import { shownFor, withReportsFolder } from '../../checks/reports-folder.ts';
import { defineTool, type RoleTool } from './role-tool.ts';
import { headAndTail, MAX_CHARACTERS } from './text-file.ts';

/** A command that a model may run. It can run no others. */
export interface AllowedCommand extends CheckCommand {
  /** Whether the model may append arguments to `argv`. Default false. */
  readonly acceptsArguments?: boolean;
}

const DEFAULT_TIMEOUT_MS = 600_000;
const STREAM_CHARACTERS = 12 * 1024;

/**
 * The tool that runs the allowed commands by name, in the root of the workspace.
 *
 * @throws BatonError `invalid_input` for commands that cannot work.
 */
export function runCommandTool(commands: readonly AllowedCommand[]): RoleTool {
  checkCommands(commands);
  const byName = new Map(commands.map((command) => [command.name, command]));
  return defineTool({
    name: 'run_command',
    description: `Runs one of these commands and answers its exit code and output (head and tail):\n${commands.map(describe).join('\n')}`,
    input: z.strictObject({
      name: z.string().describe('The name of the command'),
      args: z.array(z.string().max(4096)).max(100).optional().describe('Further arguments'),
    }),
    summary: ({ name, args = [] }) => [name, ...args].join(' '),
    async run({ name, args = [] }, tool) {
      const { workspace, maxCharacters = MAX_CHARACTERS } = tool;
      const command = byName.get(name);
      if (command === undefined) {
        const legal = [...byName.keys()];
        const message = `there is no command '${name}'; expected ${legal.join(', ')}`;
        throw new BatonError('invalid_input', message, { legal });
      }
      if (args.length > 0 && command.acceptsArguments !== true) {
        throw new BatonError('invalid_input', `the command '${name}' takes no arguments`);
      }
      return withReportsFolder(async (reports) => {
        const places = { reports, workspace: workspace.path };
        const { argv, env, passEnv, timeoutMs } = expandCommand(command, places);
        const place = { workspace, folder: workspace.path, scratch: [shownFor(reports)] };
        const result = await runCommand({
          argv: [...argv, ...args],
          cwd: workspace.path,
          wall: wallOf(command.confinement, place),
          env,
          passEnv,
          timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
          ...forAttempt(tool),
        });
        const ending = endingOf(result);
        const limit = Math.min(STREAM_CHARACTERS, Math.floor(maxCharacters / 2));
        const streams = [
          ...part('stdout', result.stdout, limit),
          ...part('stderr', result.stderr, limit),
        ];
        return [ending, ...streams].join('\n');
      });
    },
  });
}

function endingOf(result: CommandResult): string {
  return withRefused(endOf(result), result);
}

function endOf({ timedOut, excess, exitCode }: CommandResult): string {
  if (timedOut) return 'did not end in time';
  return excess === undefined ? `exit code ${exitCode}` : `was ended: ${excess}`;
}

function describe({ name, argv, acceptsArguments }: AllowedCommand): string {
  const shown = argv.map((argument) => (/\s/.test(argument) ? JSON.stringify(argument) : argument));
  return `- ${name}: ${shown.join(' ')}${acceptsArguments ? ' [args …]' : ''}`;
}

function part(title: string, text: string, limit: number): string[] {
  const clean = lastOf(text, Number.POSITIVE_INFINITY);
  return clean === '' ? [] : [`== ${title}`, headAndTail(clean, limit)];
}
