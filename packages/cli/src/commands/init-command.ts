import { realpathSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import {
  configIn,
  proposeConfig,
  proposeModel,
  proposeNetwork,
  proposeWorkspace,
  recogniseToolchains,
  repositoryRoot,
  tryProposal,
} from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { locationFlags } from '../output/next-steps.ts';
import { interruptible } from './interruptible.ts';
import { createCommand, terminalOf } from './operation-command.ts';

interface InitOptions {
  readonly workspace?: string;
  readonly force?: true;
  readonly run?: true;
  readonly json?: true;
}

const NAME = 'baton.config.json';
const INDENT = '  ';
/** Blanks in front of the further lines of an item. */
const HANG = 4;

const EXAMPLES = `
baton init
baton init --workspace ~/shop --force
baton init --run

It looks at the files of the repository (Node, Python, Go, Rust, Java, .NET, Ruby), changes none of
them, and runs nothing. What they don't tell stays a gap in the file, which says what to write there.
With --run, it then runs install, test and verify once on the last commit, in a worktree that it
removes afterwards: where the tests cover 80 % of all lines, that is what builds are held to, else
80 % of the lines that they change. What fails then ends it with exit code 8. Then: baton doctor.`;

export function initCommand(context: CommandContext): Command {
  return createCommand(context, 'init', EXAMPLES)
    .option('--workspace <repo>', 'root of the git repository (default: .)')
    .option('--force', 'replace a baton.config.json that is there')
    .option('--run', 'run install, test and verify once, and propose the coverage that fits')
    .action(async ({ workspace, force, run, json }: InitOptions) => {
      const terminal = terminalOf(context, json);
      const folder = await repositoryRoot(resolve(context.cwd, workspace ?? '.'));
      if (workspace === undefined) refuseOwnCheckout(folder);
      const path = join(folder, NAME);
      refuseToHide(configIn(folder), path, force ?? false);
      const toolchains = await recogniseToolchains(folder, context.env);
      const files = await proposeWorkspace(folder, toolchains, NAME);
      const parts = {
        model: proposeModel(context.env),
        workspace: files,
        registries: proposeNetwork(folder, context.env),
      };
      const propose = (measured?: number) => {
        const proposal = proposeConfig(toolchains, { ...parts, measured });
        writeFileSync(path, `${JSON.stringify(proposal.config, undefined, 2)}\n`);
        return proposal;
      };
      const first = propose();
      const progress = (message: string): void => {
        if (!terminal.json) terminal.line(message);
      };
      const proposed = { path, workspace: folder, progress };
      const trial =
        run && (await interruptible(context, (signal) => tryProposal(proposed, context, signal)));
      const measured = trial?.coveragePercent;
      const proposal = measured === undefined ? first : propose(measured);
      const problems = trial?.problems ?? [];
      if (problems.length > 0) context.exit(EXIT.notReady);
      if (terminal.json) {
        terminal.document({ path, ...proposal, ...(trial && { run: trial }) });
        return;
      }
      const { found, assumed } = proposal;
      const where = locationFlags(context, folder, { terminal });
      const doctor = where.command(`doctor${where.files}`, INDENT.length);
      const items = (texts: readonly string[]) => texts.map((text) => `${INDENT}- ${text}`);
      const lines = ['Found:', ...items(found), 'Assumed:', ...items(assumed)];
      for (const line of lines) terminal.line(line, HANG);
      if (problems.length > 0) terminal.line('Not as builds need it:');
      for (const line of problems.flatMap((text) => text.split('\n'))) {
        terminal.line(`${INDENT}${line}`, HANG);
      }
      terminal.line();
      terminal.line(`Wrote ${path}.`);
      terminal.line('Look it over and commit it, then:');
      terminal.line(`${INDENT}${doctor}`);
    });
}

/**
 * A package manager that runs `baton` from Baton's own checkout runs it in that checkout.
 *
 * @throws BatonError `invalid_input` when the repository is the one that this command comes from.
 */
function refuseOwnCheckout(folder: string): void {
  const place = relative(folder, realpathSync(import.meta.dirname));
  const isWithin = place !== '..' && !place.startsWith(`..${sep}`) && !isAbsolute(place);
  if (!isWithin || place.split(sep).includes('node_modules')) return;
  const description = `${folder} is Baton's own checkout, not a repository to build on: name yours with --workspace`;
  throw new BatonError('invalid_input', description, {
    violations: [{ field: 'workspace', description }],
  });
}

/** @throws BatonError `already_exists` for a config that the new one would replace, or be read for. */
function refuseToHide(existing: string | undefined, path: string, force: boolean): void {
  if (existing === undefined || (force && existing === path)) return;
  const way =
    existing === path
      ? 'replace it with --force'
      : `${NAME} would be read in its place; move it away first`;
  throw new BatonError('already_exists', `${existing} is there; ${way}`);
}
