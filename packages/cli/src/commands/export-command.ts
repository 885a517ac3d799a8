import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BatonError, exportArtifacts, exportWorkflow } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { readerGone } from '../output/reader-gone.ts';
import type { OutputStream } from '../output/terminal.ts';
import {
  createDatabaseCommand,
  type DatabaseCommandOptions,
  withDatabase,
} from './database-command.ts';

interface ExportOptions extends DatabaseCommandOptions {
  readonly out?: string;
  readonly artifacts?: string;
  readonly force?: true;
}

const EXAMPLES = `
baton export wf_1 --out wf_1.ndjson
baton export wf_1 --database postgres://baton@db/baton | gzip > wf_1.ndjson.gz
baton export wf_1 --out wf_1.ndjson --artifacts wf_1.artifacts.ndjson

The workflow stays where it is: go on with only one of the two. Files of its workspace
are not part of it; its artifacts are a file of their own, from where the build keeps them (or ARTIFACTS_URL).`;

export function exportCommand(context: CommandContext): Command {
  return createDatabaseCommand(context, 'export', EXAMPLES)
    .argument('<workflow>', 'id of the workflow')
    .option('--out <file>', 'the file to write (default: stdout)')
    .option('--artifacts <file>', 'another file to write: what its attempts said and printed')
    .option('--force', 'export while a claim lasts; the copy goes without the claim')
    .action((workflowId: string, options: ExportOptions) =>
      withDatabase(context, options, false, async ({ store }, terminal) => {
        const lines = exportWorkflow(store, workflowId, { force: options.force ?? false });
        const file = options.out === undefined ? undefined : resolve(context.cwd, options.out);
        if (file === undefined) await writeOut(lines, context.stdout);
        else await writeWhole(file, lines);
        const artifacts =
          options.artifacts === undefined ? undefined : resolve(context.cwd, options.artifacts);
        if (artifacts !== undefined) {
          const { openArtifactsOf } = await import('@baton/builds/internal');
          const kept = await openArtifactsOf(workflowId, options.workspace, context);
          await writeWhole(artifacts, exportArtifacts(kept, workflowId)).finally(kept.close);
        }
        // The workflow itself is on stdout.
        if (file === undefined) return;
        if (terminal.json) terminal.document({ workflowId, file, artifacts });
        else {
          terminal.line(`workflow ${workflowId} is in ${file}`);
          if (artifacts !== undefined) terminal.line(`its artifacts are in ${artifacts}`);
        }
      }),
    );
}

/** Ends with its reader, as in `baton export wf_1 | head`. */
async function writeOut(lines: AsyncIterable<string>, stdout: OutputStream): Promise<void> {
  try {
    await pipeline(Readable.from(lines), stdout, { end: false });
  } catch (reason) {
    if (!(reason instanceof Error && readerGone(reason, stdout))) throw reason;
  }
}

/** What is written appears under its name when all of it is there. */
async function writeWhole(file: string, lines: AsyncIterable<string>): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.part`;
  try {
    await pipeline(lines, createWriteStream(unfinished, { flags: 'wx', flush: true }));
    await rename(unfinished, file);
  } catch (reason) {
    await rm(unfinished, { force: true });
    if (BatonError.is(reason)) throw reason;
    const message = `cannot write ${file}: ${(reason as Error).message}`;
    throw new BatonError('invalid_input', message, { cause: reason });
  }
}
