import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findSandbox } from '@baton/adapters/sandbox';
import { type OpenedConsole, openConsole } from '@baton/builds';
import { git, SANDBOX_VARIABLE } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createCommand, terminalOf } from '../commands/operation-command.ts';
import { runCommand } from '../commands/run-command.ts';
import type { Terminal } from '../output/terminal.ts';
import { serveFolder } from './static-site.ts';

const REQUEST = 'Build me a dark mode feature';

const EXAMPLES = 'baton demo\nbaton demo --serve\nbaton demo --console';

/** Creates `baton demo`, which builds the example app with the same code as `baton run`. */
export function demoCommand(context: CommandContext): Command {
  return createCommand(context, 'demo', EXAMPLES)
    .option('--serve', 'go on serving the deployed app until Ctrl-C', false)
    .option('--console', 'show the build in a browser, as it goes on and until Ctrl-C', false)
    .action(async ({ json, serve, console }: DemoOptions) => {
      const { invocation } = context;
      const terminal = terminalOf(context, json);
      const example = findExample();
      const folder = mkdtempSync(join(realpathSync(tmpdir()), 'baton-demo-'));
      const [repository, live] = [join(folder, 'task-board'), join(folder, 'live')];
      await makeRepository(example, repository);
      const site = await serveFolder(live);
      // The app needs the Node that runs this process, so that one comes first on PATH.
      process.env['PATH'] = [dirname(process.execPath), process.env['PATH']].join(delimiter);
      // The config passes these two on to the commands that deploy and look at the deployment.
      process.env['DEPLOY_DIR'] = live;
      process.env['DEPLOY_URL'] = site.url;
      const config = join(example, 'baton.config.json');
      const replay = join(example, 'cassette.json');
      let opened: OpenedConsole | undefined;
      try {
        if (!terminal.json) {
          terminal.line(
            "The roles' words and edits come from a recorded cassette; tests, checks, deployment and smoke tests really run.",
          );
          terminal.line(
            `With live models on a repository of your own: ${invocation} init --workspace '<repository>', then ${invocation} run '<request>' --workspace '<repository>'.\n`,
          );
        }
        const argv = [REQUEST, '--workspace', repository, '--config', config, '--replay', replay];
        // Nothing of the demo lies anywhere else.
        const env = {
          ...context.env,
          BATON_HOME: join(folder, 'baton'),
          [SANDBOX_VARIABLE]:
            context.env[SANDBOX_VARIABLE] ||
            ((await findSandbox(context.env)).sandbox?.name ?? 'none'),
        };
        if (console) opened = await showConsole({ ...context, env }, terminal, repository);
        await runCommand({ ...context, env }).parseAsync(json ? [...argv, '--json'] : argv, {
          from: 'user',
        });
        if (!terminal.json) {
          terminal.line(`\nThe deployed app is in ${live}`);
          terminal.line(
            `The build is not among your own: for ${invocation} take, artifacts, logs and the like, first export BATON_HOME='${env.BATON_HOME}'`,
          );
        }
        if (!serve && !console) return;
        const interrupted = new Promise<void>((resolve) => context.onInterrupt(resolve));
        if (terminal.json) terminal.document({ kind: 'serving', url: site.url });
        else
          terminal.line(
            `It is served at ${site.url} until Ctrl-C${console ? ', and so is the console' : ''}.`,
          );
        await interrupted;
      } finally {
        await opened?.close();
        site.close();
      }
    });
}

interface DemoOptions {
  readonly json: boolean;
  readonly serve: boolean;
  readonly console: boolean;
}

/** Serves the console before the build begins; at a terminal the build waits for a person who has opened it. */
async function showConsole(
  context: CommandContext,
  terminal: Terminal,
  workspace: string,
): Promise<OpenedConsole> {
  const { stdin, stdout } = context;
  const atTerminal = stdin.isTTY === true && stdout.isTTY === true;
  const opened = await openConsole({ ...context, workspace, atTerminal, create: true });
  if (terminal.json) terminal.document({ kind: 'console', url: opened.link });
  else terminal.line(`The console is at ${opened.link}`);
  if (!atTerminal || terminal.json) return opened;
  terminal.line('Open it in a browser, then press Enter here: the build begins.\n');
  const pressed = once(stdin, 'data');
  const interrupted = Promise.withResolvers<void>();
  const forget = context.onInterrupt(() => interrupted.resolve());
  await Promise.race([pressed, interrupted.promise]);
  forget();
  stdin.pause();
  return opened;
}

/** Where the example is: beside the built file, or, in a checkout, in `examples/`. */
const PLACES = ['./dark-mode/', '../../../../examples/dark-mode/'];

/** The folder with the app, its config and the cassette. @throws BatonError `not_found`. */
export function findExample(): string {
  const folders = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = folders.find((folder) => existsSync(join(folder, 'cassette.json')));
  if (found !== undefined) return found;
  throw new BatonError('not_found', `the example app is not at ${folders.join(' or ')}`);
}

/** A git repository of its own with the app in it, as a user would have it. @throws BatonError as `git`. */
export async function makeRepository(example: string, repository: string): Promise<void> {
  cpSync(join(example, 'app'), repository, { recursive: true });
  const identity = ['-c', 'user.name=Baton demo', '-c', 'user.email=demo@baton.invalid'];
  for (const argv of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '--all'],
    ['commit', '--quiet', '--no-gpg-sign', '--message', 'The task board'],
  ]) {
    await git(repository, [...identity, ...argv]);
  }
}
