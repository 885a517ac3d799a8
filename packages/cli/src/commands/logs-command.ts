import { text } from 'node:stream/consumers';
import { listBuildArtifacts, readBuildArtifact } from '@baton/builds';
import { MARK, moment, oneLine } from '@baton/builds/internal';
import { type Artifact, BatonError, type ErrorCode } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { logLines } from '../output/log-lines.ts';
import type { Terminal } from '../output/terminal.ts';
import { type ArtifactOptions, standingOf, withArtifactOptions } from './artifacts-command.ts';
import { interruptible } from './interruptible.ts';
import { createCommand, terminalOf } from './operation-command.ts';

interface LogsOptions extends ArtifactOptions {
  readonly follow?: true;
}

const HEADING_CHARACTERS = 200;
/** Damaged, or removed since it was listed. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set(['data_loss', 'not_found']);

const EXAMPLES = `
baton logs
baton logs wf_1 --phase testing
baton logs wf_1 --follow
baton logs wf_1 --kind report --json
baton logs wf_1 --server http://127.0.0.1:7481

Without --kind it shows transcripts, output and diffs, and no reports. It shows each when it is kept: output when
its command has ended, a transcript when its attempt has. --follow ends with the build.`;

export function logsCommand(context: CommandContext): Command {
  return withArtifactOptions(createCommand(context, 'logs', EXAMPLES))
    .option('--follow', 'wait for what is to come until the build has ended')
    .action(async (id: string | undefined, { json, ...options }: LogsOptions) => {
      const { cwd, env } = context;
      const terminal = terminalOf(context, json);
      await interruptible(context, async (signal) => {
        let unreadable: BatonError | undefined;
        let isEmpty = true;
        const artifacts = listBuildArtifacts({ id, ...options, cwd, env, signal });
        for await (const artifact of artifacts) {
          if (options.kind === undefined && artifact.kind === 'report') continue;
          isEmpty = false;
          const { workspace, server } = options;
          const pieces = readBuildArtifact(artifact, { workspace, server, cwd, env, signal });
          try {
            show(terminal, artifact, await text(pieces));
          } catch (reason) {
            const error = BatonError.from(reason);
            if (!UNREADABLE.has(error.code)) throw error;
            // The others can be read, and are what is left to look at.
            showUnreadable(terminal, artifact, error);
            unreadable ??= error;
          }
          if (signal.aborted) break;
        }
        if (signal.aborted) context.exit(EXIT.interrupted);
        else if (unreadable !== undefined) throw unreadable;
        else if (isEmpty && !terminal.json) terminal.line(nothingOf(options));
      });
    });
}

function nothingOf({ phase, kind }: LogsOptions): string {
  const what = kind ?? 'transcript, output or diff';
  const where = phase === undefined ? 'it' : `its phase '${phase}'`;
  return `No ${what} is kept of ${where}. The command artifacts lists what there is.`;
}

function show(terminal: Terminal, artifact: Artifact, content: string): void {
  if (terminal.json) {
    terminal.document({ artifact, content });
    return;
  }
  heading(terminal, artifact);
  for (const line of logLines(artifact, content)) terminal.write(`${line}\n`);
  terminal.line();
}

function showUnreadable(terminal: Terminal, artifact: Artifact, error: BatonError): void {
  const { code, message } = error;
  if (terminal.json) {
    terminal.document({ artifact, error: { code, message } });
    return;
  }
  heading(terminal, artifact);
  terminal.write(`${MARK}(cannot be read: ${oneLine(message, HEADING_CHARACTERS)})\n`);
  terminal.line();
}

function heading(terminal: Terminal, artifact: Artifact): void {
  const { number, createdAt, state, epoch, attempt, kind, name } = artifact;
  const standing = standingOf(artifact);
  const stands = standing === '-' ? '' : ` (${standing})`;
  const what = `#${number} ${moment(createdAt)} ${state} ${epoch}.${attempt} ${kind}: ${name}${stands}`;
  terminal.line(terminal.style('bold', oneLine(what, HEADING_CHARACTERS)));
}
