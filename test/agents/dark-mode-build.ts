import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findSandbox } from '@baton/adapters/sandbox';
import { placesOf } from '@baton/adapters/workspace';
import { onTestFinished } from 'vitest';
import {
  type FakeModel,
  startFakeModel,
} from '../../packages/adapters/src/roles/agent/testing/fake-model.ts';
import { findExample, makeRepository } from '../../packages/cli/src/demo/demo-command.ts';
import { serveFolder } from '../../packages/cli/src/demo/static-site.ts';
import { BATON_HOME } from '../cli/harness.ts';
import { createDarkModeModel, type DarkModeModel } from './dark-mode-model.ts';

// A folder in which `pnpm agents` has installed the agents.
const folder = process.env['BATON_AGENTS'];

/** Whether there is what whole builds with agents need. */
export const agentsAreThere =
  folder !== undefined && (await findSandbox(process.env)).sandbox !== undefined;
if (!agentsAreThere) console.error('SKIPPED: whole builds with agents (pnpm agents, bubblewrap)');

export const KEY = 'the-real-key-of-the-provider';

/** The example's repository, and a provider whose model builds the dark mode in it. */
export interface DarkModeBuild {
  readonly repo: string;
  /** Where the app is deployed to. */
  readonly live: string;
  readonly provider: FakeModel;
  readonly model: DarkModeModel;
  /** Options of `baton run` and the like. */
  readonly options: readonly string[];
  /** Variables of a user's shell, with the agents on PATH. */
  readonly env: Record<string, string>;
  /** Id of the workflow; rejects before there is one. */
  workflow(): string;
  worktree(): string;
  /** What Baton keeps of it. */
  state(): string;
}

/** @param more the user's part of the configuration, with models at the address of the provider. */
export async function createDarkModeBuild(
  more: (provider: string) => object,
): Promise<DarkModeBuild> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'baton-agents-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const example = findExample();
  const [repo, live] = [join(root, 'task-board'), join(root, 'site', 'live')];
  mkdirSync(dirname(live));
  await makeRepository(example, repo);
  const { worktrees, state } = placesOf(repo, { BATON_HOME });
  const workflow = () => {
    const found = readdirSync(worktrees).find((one) => /^wf_\w+$/.test(one));
    if (found === undefined) throw new Error('there is no worktree yet');
    return found;
  };
  const worktree = () => join(worktrees, workflow());
  const model = createDarkModeModel(example, worktree);
  const provider = await startFakeModel(model.act);
  onTestFinished(() => provider.close());
  const site = await serveFolder(live);
  onTestFinished(() => site.close());
  const usual = JSON.parse(readFileSync(join(example, 'baton.config.json'), 'utf8'));
  const config = join(root, 'baton.config.json');
  writeFileSync(config, JSON.stringify({ ...usual, ...more(provider.url) }));
  const programs = join(folder ?? '', 'node_modules', '.bin');
  return {
    ...{ repo, live, provider, model, workflow, worktree },
    state: () => join(state, 'builds', workflow()),
    options: ['--workspace', repo, '--config', config, '--json'],
    env: {
      PATH: [dirname(process.execPath), programs, process.env['PATH']].join(delimiter),
      ...{ ANTHROPIC_API_KEY: KEY, OPENAI_API_KEY: KEY, GOOGLE_GENERATIVE_AI_API_KEY: KEY },
      ...{ PROVIDER_KEY: KEY, DEPLOY_DIR: live, DEPLOY_URL: site.url },
    },
  };
}
