import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { refuseOtherEnding } from '../config/refuse-other-ending.ts';
import { repositoryOf } from '../embedded/baton-folder.ts';
import { connect } from '../operations/connect.ts';
import { findRecord, recordsOf } from '../run/find-record.ts';
import { runBuild } from '../run/run-build.ts';
import type { RunRecord } from '../run/run-records.ts';
import { buildObserver, promptOutput } from './build-observer.ts';
import { createCommand } from './operation-command.ts';

interface ResumeOptions {
  readonly workspace: string;
  readonly config?: string;
  readonly token?: string;
  readonly json?: true;
}

const EXAMPLES = `
baton resume
baton resume wf_1 --workspace ~/shop
baton resume build-me-a-dark-mode-feature-1f2e3d4c --json`;

export function resumeCommand(context: CommandContext): Command {
  return createCommand(context, 'resume', EXAMPLES)
    .argument('[id]', 'id of the workflow or the build (default: the newest that is not complete)')
    .option('--workspace <repo>', 'root of the git repository that it builds on', '.')
    .option('--config <file>', 'how the roles work (default: the config that it began with)')
    .option(
      '--token <token>',
      'its approval token: lets it go on by a config that demands less of people than before',
    )
    .action(async (id: string | undefined, options: ResumeOptions) => {
      const workspace = repositoryOf(await real(resolve(context.cwd, options.workspace)));
      const record = await recordToResume(id, workspace, context);
      const { server } = record;
      const code = await runBuild(
        {
          workspace,
          config: options.config ?? record.config,
          server,
          token: options.token,
          user: undefined,
          prompt: promptOutput(context, options.json),
          record: record.record,
          replay: record.replay,
        },
        {
          context,
          observe: buildObserver(context, { json: options.json, server }),
          choose: async ({ operations, config }) => {
            const status = await operations.status({ workflowId: record.workflowId });
            refuseOtherEnding(config, status);
            return { status, begun: false, request: record };
          },
        },
      );
      context.exit(code);
    });
}

/** @throws BatonError `not_found` naming what there is. */
async function recordToResume(
  id: string | undefined,
  workspace: string,
  context: CommandContext,
): Promise<RunRecord> {
  if (id !== undefined) return findRecord(id, workspace, context);
  const all = recordsOf(workspace, context);
  for (const record of all) {
    if (!(await isComplete(record, workspace, context))) return record;
  }
  const what = all.length === 0 ? 'no build was begun' : 'every build is complete';
  throw new BatonError('not_found', `${what} in ${workspace}: there is nothing to go on with`);
}

async function isComplete(
  { workflowId, server }: RunRecord,
  workspace: string,
  context: CommandContext,
): Promise<boolean> {
  const where = server === undefined ? { workspace } : { server };
  const { operations, close } = await connect(where, context);
  try {
    return (await operations.status({ workflowId })).completedAt !== undefined;
  } finally {
    await close();
  }
}

async function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
