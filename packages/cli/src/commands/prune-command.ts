import { resolve } from 'node:path';
import { loadConfig } from '@baton/builds';
import {
  afterMs,
  configIn,
  pruneWorkspace,
  repositoryRoot,
  retentionSchema,
} from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { prunedArtifactLines, prunedLines } from '../output/pruned-lines.ts';
import {
  createCommand,
  positiveNumber,
  print,
  terminalOf,
  wholeNumber,
} from './operation-command.ts';

interface PruneOptions {
  readonly workspace: string;
  readonly config?: string;
  readonly dryRun?: true;
  readonly olderThan?: number;
  readonly keep?: number;
  readonly all?: true;
  readonly yes?: true;
  readonly json?: true;
}

const EXAMPLES = `
baton prune --dry-run
baton prune --older-than 30 --keep 5
baton prune wf_1 --yes
baton prune --all --yes

Complete builds lose their worktree, and their checkpoints (refs/baton/<workflow>) and records as well
once a branch below baton/ has their files or 'checkpointsDays' of the configuration have passed. What is
left of builds that no database knows goes, too, a day after it was last used. A build that is not
complete goes only when it is named, or with --all, and with --yes; so do checkpoints that are nowhere
else. A build that a process works on is left alone. From the remote of the configuration go checkpoints of
complete builds alone, after 'checkpointsDays' or with --yes. The audit trail in the database stays.`;

export function pruneCommand(context: CommandContext): Command {
  return createCommand(context, 'prune', EXAMPLES)
    .argument('[workflows...]', 'ids of the workflows (default: all of the repository)')
    .option('--workspace <repo>', 'root of the git repository of the builds', '.')
    .option('--config <file>', 'whose retention counts (default: that of the workspace)')
    .option('--dry-run', 'tell what would go, and remove nothing')
    .option('--older-than <days>', 'only builds that ended longer ago', positiveNumber)
    .option('--keep <n>', 'leave the last n complete builds as they are', wholeNumber)
    .option('--all', 'builds that are not complete, and work that is nowhere else, too')
    .option('--yes', 'confirms that this work is to be lost')
    .action(async (named: readonly string[], options: PruneOptions) => {
      checkConfirmed(named, options);
      const workspace = await repositoryRoot(resolve(context.cwd, options.workspace));
      const path = options.config ?? configIn(workspace);
      const config = path && (await loadConfig(path, { workspace, cwd: context.cwd }));
      const retention = config ? config.workspace.retention : retentionSchema.parse({});
      const { builds, artifacts } = await pruneWorkspace({
        workspace,
        config: config || undefined,
        caller: context,
        rules: {
          now: Date.now(),
          only: named.length > 0 ? named : undefined,
          worktreesAfterMs: afterMs(options.olderThan ?? 0) ?? 0,
          checkpointsAfterMs: afterMs(retention.checkpointsDays),
          handedOver: true,
          keep: options.keep,
          unknown: true,
          discard: options.yes === true || (options.all === true && options.dryRun === true),
        },
        dryRun: options.dryRun,
        measure: true,
      });
      const dryRun = options.dryRun ?? false;
      const terminal = terminalOf(context, options.json);
      print(terminal, { dryRun, builds, artifacts }, () => [
        ...prunedLines(builds, dryRun, terminal.room),
        ...prunedArtifactLines(artifacts, dryRun),
      ]);
      const missing = named.filter((id) => !builds.some(({ workflowId }) => workflowId === id));
      if (missing.length > 0) {
        terminal.note(`nothing of ${missing.join(', ')} lies here of the builds of ${workspace}`);
        context.exit(EXIT.notFound);
      }
      if (builds.some(({ problems }) => problems.length > 0)) context.exit(EXIT.refused);
    });
}

function checkConfirmed(named: readonly string[], { all, yes, dryRun }: PruneOptions): void {
  if (all && named.length > 0) throw invalid('--all', 'goes without the names of workflows');
  if (all && !yes && !dryRun) {
    throw invalid(
      '--all',
      'also removes builds that are not complete, and work that is nowhere else: look at it with --dry-run, and add --yes to do it',
    );
  }
  if (yes && !all && named.length === 0) {
    throw invalid('--yes', 'goes with --all or with the ids of the workflows that it confirms');
  }
}

function invalid(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field} ${description}`, {
    violations: [{ field, description }],
  });
}
