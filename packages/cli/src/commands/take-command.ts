import { realpath, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { TakeMode, Taken } from '@baton/adapters/workspace';
import { quoted } from '@baton/builds/host';
import { oneLine, repositoryOf, takeBuild } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { type LocationFlags, locationFlags } from '../output/next-steps.ts';
import { createCommand, terminalOf } from './operation-command.ts';

interface TakeCommandOptions {
  readonly workspace: string;
  readonly branch?: true;
  readonly squash?: true;
  readonly patch?: true | string;
  readonly json?: true;
}

const EXAMPLES = `
baton take
baton take build-me-a-dark-mode-feature-1f2e3d4c --squash
baton take wf_1 --patch work.patch --workspace ~/shop

As a branch (the default) the work is one commit, rebased where your own branch has moved on. Squashed, it
lies in your index and files, and is yours to commit. What does not fit is named, and nothing is changed.`;

export function takeCommand(context: CommandContext): Command {
  return createCommand(context, 'take', EXAMPLES)
    .argument('[id]', 'id of the workflow or the build (default: the newest that is complete)')
    .option('--workspace <repo>', 'root of the git repository that it was built on', '.')
    .addOption(
      new Option('--branch', 'as a branch of its own (default)').conflicts(['squash', 'patch']),
    )
    .addOption(new Option('--squash', 'into your index and files').conflicts(['branch', 'patch']))
    .addOption(
      new Option('--patch [file]', 'as a patch, printed or written to a file').conflicts([
        'branch',
        'squash',
      ]),
    )
    .action(async (id: string | undefined, options: TakeCommandOptions) => {
      const terminal = terminalOf(context, options.json);
      const workspace = await realpath(resolve(context.cwd, options.workspace)).catch(() => {
        throw new BatonError('not_found', `the workspace ${options.workspace} is not a folder`);
      });
      const { taken, ...build } = await takeBuild(
        { workspace: repositoryOf(workspace), id, mode: modeOf(options) },
        context,
      );
      if (taken.kind === 'patch') {
        if (typeof options.patch === 'string') {
          await writeFile(resolve(context.cwd, options.patch), taken.patch);
        } else context.stdout.write(taken.patch);
        return;
      }
      if (terminal.json) terminal.document({ ...build, ...taken });
      else
        for (const line of linesOf(taken, locationFlags(context, workspace))) terminal.line(line);
      if (taken.kind === 'conflicts') context.exit(EXIT.refused);
    });
}

function modeOf({ squash, patch }: TakeCommandOptions): TakeMode {
  if (squash) return 'squash';
  return patch === undefined ? 'branch' : 'patch';
}

function linesOf(taken: Exclude<Taken, { kind: 'patch' }>, { git }: LocationFlags): string[] {
  switch (taken.kind) {
    case 'branch':
      return [
        `The work is on the branch ${taken.branch}, one commit on ${short(taken.parent)}${taken.rebasedOnto === undefined ? '' : ', where your branch is now'}.`,
        `  ${git} switch ${quoted(taken.branch)}`,
      ];
    case 'squash':
      return taken.files.length === 0
        ? ['Your branch has the work already.']
        : [
            `The work is staged: ${taken.files.length === 1 ? '1 file' : `${taken.files.length} files`}.`,
            `  ${git} commit`,
          ];
    case 'conflicts':
      return [
        `Your branch has moved on, and ${taken.files.length === 1 ? 'this file was' : 'these files were'} changed on both sides:`,
        ...taken.files.map((file) => `  ${oneLine(file, Number.POSITIVE_INFINITY)}`),
        `Nothing was changed. The work is on the branch ${taken.branch}; to settle it by hand:`,
        `  ${git} merge ${quoted(taken.branch)}`,
      ];
  }
}

function short(commit: string): string {
  return commit.slice(0, 10);
}
