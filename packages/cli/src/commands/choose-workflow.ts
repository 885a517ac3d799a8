import { resolve } from 'node:path';
import { recordsOf, repositoryOf, serverOf } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { CommandContext } from '../command-context.ts';
import type { Terminal } from '../output/terminal.ts';
import type { CommonOptions } from './operation-command.ts';

/** For the help of commands that only look. */
export const NEWEST = 'id of the workflow (default: the newest build of the workspace)';

/**
 * The workflow that a command is to show: the one that is named, else the build that was begun last in the
 * workspace.
 *
 * @throws BatonError `invalid_input` where none is named and a server keeps the state; `not_found` where no
 * build was begun.
 */
export function chooseWorkflow(
  named: string | undefined,
  options: CommonOptions,
  context: CommandContext,
  terminal: Terminal,
): string {
  if (named !== undefined) return named;
  if (serverOf(options, context) !== undefined) {
    const message = `missing required argument 'workflow': a server keeps the builds of many; the command list shows their ids`;
    throw new BatonError('invalid_input', message);
  }
  const workspace = repositoryOf(resolve(context.cwd, options.workspace ?? '.'));
  const [newest, ...others] = recordsOf(workspace, context);
  if (newest === undefined) {
    throw new BatonError('not_found', `no build was begun in ${workspace}`);
  }
  if (others.length > 0) {
    terminal.note(`of ${others.length + 1} builds the newest, ${newest.workflowId}:`);
  }
  return newest.workflowId;
}
