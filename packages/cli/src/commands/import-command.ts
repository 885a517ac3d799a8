import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { plain } from '@baton/builds/internal';
import {
  BatonError,
  importArtifacts,
  importWorkflow,
  readWorkflowFile,
  type WorkflowRecord,
} from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import {
  createDatabaseCommand,
  type DatabaseCommandOptions,
  withDatabase,
} from './database-command.ts';
import { print } from './operation-command.ts';

interface ImportOptions extends DatabaseCommandOptions {
  readonly artifacts?: string;
}

const EXAMPLES = `
baton import wf_1.ndjson --workspace ~/shop
baton import wf_1.ndjson --artifacts wf_1.artifacts.ndjson
gunzip -c wf_1.ndjson.gz | baton import - --database redis://localhost:6379

A file that is damaged, and a workflow that is there already, are refused; nothing is written then.`;

export function importCommand(context: CommandContext): Command {
  return createDatabaseCommand(context, 'import', EXAMPLES)
    .argument('<file>', 'the file; - for stdin')
    .option('--artifacts <file>', 'what its attempts said and printed, as export wrote it')
    .action(async (file: string, options: ImportOptions) => {
      const chunks = file === '-' ? context.stdin : readFile(resolve(context.cwd, file));
      // All of it before the store is opened, which may make one.
      const record = await readWorkflowFile(chunks);
      await withDatabase(context, options, true, async ({ store }, terminal) => {
        // First: what is wrong with them keeps the workflow out, and again they do no harm.
        const artifacts = await artifactsFrom(options, record.snapshot.id, context);
        await importWorkflow(store, record);
        const imported = { ...summaryOf(record), ...artifacts };
        print(terminal, imported, () =>
          fields([
            ['workflow', imported.workflowId],
            ['build', `${plain(imported.buildId)} of project ${plain(imported.projectId)}`],
            ['state', imported.state],
            ['revision', imported.revision],
            ['handoffs', imported.handoffs],
            ['events', imported.events],
            ['replies', imported.replies],
            ['artifacts', artifacts?.artifacts],
          ]),
        );
      });
    });
}

async function artifactsFrom(
  { artifacts, workspace }: ImportOptions,
  workflowId: string,
  context: CommandContext,
) {
  if (artifacts === undefined) return undefined;
  const path = resolve(context.cwd, artifacts);
  const { openArtifactsOf } = await import('@baton/builds/internal');
  const store = await openArtifactsOf(workflowId, workspace, context);
  const open = () => readFile(path);
  const { artifacts: count } = await importArtifacts(store, open, workflowId).finally(store.close);
  return { artifacts: count };
}

function summaryOf({ snapshot, handoffs, events, replies }: WorkflowRecord) {
  const { id: workflowId, projectId, buildId, state, revision } = snapshot;
  return {
    workflowId,
    projectId,
    buildId,
    state,
    revision,
    handoffs: handoffs.length,
    events: events.length,
    replies: replies.length,
  };
}

/** @throws BatonError `not_found`. */
async function* readFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path);
  } catch (cause) {
    throw new BatonError('not_found', `cannot read ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
