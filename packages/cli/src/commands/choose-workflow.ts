import { resolve } from 'node:path';
import type { Operations } from '@baton/builds';
import { recordsOf, repositoryOf, serverOf } from '@baton/builds/internal';
import { BatonError, type WorkflowStatus } from '@baton/core';
import type { CommandContext } from '../command-context.ts';
import type { Terminal } from '../output/terminal.ts';
import type { CommonOptions } from './operation-command.ts';

/** For the help of commands that only look. */
export const NEWEST =
  'id of the workflow or the build (default: the newest build of the workspace)';

/** Ids that are made for workflows begin like that. */
const WORKFLOW_ID = /^wf_/;
const MOST_NAMED = 10;

/**
 * The workflow that a command is to show: the one that is named, by its own id or by that of its build, else the
 * build that was begun last in the workspace.
 *
 * @throws BatonError `invalid_input` where none is named and a server keeps the state, and for a build id that
 * several projects have; `not_found` where no build was begun.
 */
export async function chooseWorkflow(
  named: string | undefined,
  options: CommonOptions,
  context: CommandContext,
  terminal: Terminal,
  operations: Pick<Operations, 'list'>,
): Promise<string> {
  if (named !== undefined) {
    return WORKFLOW_ID.test(named) ? named : workflowOfBuild(named, operations);
  }
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

/** What is no build's id either is returned as it is, for the operation to refuse. */
async function workflowOfBuild(
  buildId: string,
  operations: Pick<Operations, 'list'>,
): Promise<string> {
  const found: WorkflowStatus[] = [];
  let pageToken: string | undefined;
  do {
    const page = await operations.list({ search: buildId, newestFirst: true, pageToken });
    found.push(...page.workflows.filter((one) => one.buildId === buildId));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined && found.length <= MOST_NAMED);
  const [one, another] = found;
  // An app may make ids of workflows of its own.
  if (one === undefined) return buildId;
  if (another === undefined) return one.workflowId;
  const all = found.map(({ workflowId, projectId }) => `${workflowId} of ${projectId}`);
  const message = `several projects have a build '${buildId}'; expected one of their workflows: ${all.join(', ')}`;
  throw new BatonError('invalid_input', message);
}
