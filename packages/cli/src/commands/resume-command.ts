import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { batonFolder } from '../embedded/baton-folder.ts';
import { connect } from '../operations/connect.ts';
import { runBuild } from '../run/run-build.ts';
import { createRunRecords, type RunRecord } from '../run/run-records.ts';
import { buildObserver, promptOutput } from './build-observer.ts';
import { createCommand } from './operation-command.ts';

interface ResumeOptions {
  readonly workspace: string;
  readonly config?: string;
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
    .action(async (id: string | undefined, options: ResumeOptions) => {
      const workspace = await real(resolve(context.cwd, options.workspace));
      const record = await findRecord(id, workspace, context);
      const { server } = record;
      const code = await runBuild(
        {
          workspace,
          config: options.config ?? record.config,
          server,
          user: undefined,
          prompt: promptOutput(context, options.json),
          record: record.record,
          replay: record.replay,
        },
        {
          context,
          observe: buildObserver(context, { json: options.json, server }),
          choose: async ({ operations }) => ({
            status: await operations.status({ workflowId: record.workflowId }),
            begun: false,
            request: record,
          }),
        },
      );
      context.exit(code);
    });
}

/** @throws BatonError `not_found` naming what there is. */
async function findRecord(
  id: string | undefined,
  workspace: string,
  context: CommandContext,
): Promise<RunRecord> {
  const { runs } = batonFolder(workspace);
  const all = existsSync(runs) ? createRunRecords(runs).all() : [];
  if (id !== undefined) {
    const found = all.find((one) => one.workflowId === id || one.buildId === id);
    if (found !== undefined) return found;
    const known = all.map(({ buildId }) => buildId);
    const message = `no build '${id}' was begun in ${workspace}; builds: ${known.join(', ') || 'none'}`;
    throw new BatonError('not_found', message, { legal: known });
  }
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
