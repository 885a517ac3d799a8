import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENTS, type AgentName } from '@baton/adapters/agent';
import { describe, expect, it } from 'vitest';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { baton, documents, type Started, start } from '../cli/harness.ts';
import { agentsAreThere, createDarkModeBuild, type DarkModeBuild, KEY } from './dark-mode-build.ts';
import { TICKED, TICKING } from './dark-mode-model.ts';
import { descendants, filesOf, processes } from './processes.ts';

const REQUEST = 'Build me a dark mode feature';
/** Of agents that start on a busy machine. */

/** The last words of an assignment of the code writer. */
const ASSIGNED = /Perform `implementation` now\./;

/** Which provider each asks, and how the base URL of its API ends. */
const MODELS: Readonly<Record<AgentName, readonly [string, string, string]>> = {
  claude: ['anthropic', 'claude-opus-5', 'v1'],
  codex: ['openai', 'gpt-5', 'v1'],
  gemini: ['google', 'gemini-2.5-pro', 'v1beta'],
  opencode: ['openai-compatible', 'any', 'v1'],
};

describe.skipIf(!agentsAreThere)('as it is installed', () => {
  it.each(Object.keys(AGENTS) as AgentName[])(
    '%s carries the dark mode to a deployment, over a rollback, a SIGKILL and a retry',
    async (agent) => {
      const [provider, name, version] = MODELS[agent];
      // Some look for news of themselves, which takes its time where there is no network.
      const performed = { agent, model: 'fake', sandbox: { network: 'none' } };
      const build = await createDarkModeBuild((url) => ({
        models: {
          fake: { provider, model: name, apiKeyEnv: 'PROVIDER_KEY', baseUrl: `${url}/${version}` },
        },
        roles: { q_assistant: performed, code_writer: performed, verification_overseer: performed },
      }));
      const { model, options, env, repo, live } = build;

      // A rollback takes the plan away while the agent writes.
      model.write('tick');
      const run = start(['run', REQUEST, ...options], { env });
      await beforeTheEnd(run, ticking(build));
      const writers = descendants(run.process.pid ?? 0);
      expect(writers.length).toBeGreaterThan(1);
      model.write('wait');
      const back = ['rollback', build.workflow(), '--to', 'planning', '--reason', 'another plan'];
      const rolledBack = await baton([...back, '--workspace', repo, '--json']);
      expect([rolledBack.code, rolledBack.stderr]).toEqual([0, '']);
      const waits = until(() => model.waited() > 0);
      await beforeTheEnd(run, waits);
      await nothingGoesOn(build, writers);
      expect(existsSync(join(build.worktree(), TICKED))).toBe(false);

      // The run itself dies while the agent writes.
      model.write('tick');
      await beforeTheEnd(run, ticking(build));
      const orphans = descendants(run.process.pid ?? 0);
      run.process.kill('SIGKILL');
      await run.ended;
      await nothingGoesOn(build, orphans);

      // What it writes first fails its tests, and comes back to the same conversation.
      model.write('work');
      const resumed = await start(['resume', build.workflow(), ...options], { env }).ended;
      expect([resumed.code, resumed.stderr]).toEqual([0, '']);
      expect(documents(resumed.stdout).at(-1)).toMatchObject({
        kind: 'summary',
        summary: { complete: true, retries: 1 },
      });
      const [goingOn, mending] = ['comes to you again', 'This work came back'].map((words) =>
        build.provider.asked.filter(({ conversation }) => {
          const told = conversation.map(({ text }) => text).filter((text) => ASSIGNED.test(text));
          return told.length > 1 && told.at(-1)?.includes(words);
        }),
      );
      // Gemini CLI finds no session again that it has loaded before, nor one that ended soon after it began:
      // it begins afresh then.
      if (agent !== 'gemini') {
        expect(goingOn?.length).toBeGreaterThan(0);
        expect(mending?.length).toBeGreaterThan(0);
      }

      const events = await trail(build);
      expect(events.filter(({ type }) => type === 'rollback_requested')).toHaveLength(1);
      expect(events.filter(({ type }) => type === 'attempt_failed')).toMatchObject([
        { data: { code: 'worker_died' } },
      ]);
      expect(readFileSync(join(live, 'lib/theme.js'), 'utf8')).toContain('THEMES.includes(stored)');

      // The agent never had the key.
      expect(build.provider.asked.some(({ text }) => text.includes(KEY))).toBe(false);
      const kept = Object.values(filesOf(join(build.state(), 'agents')));
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.some((bytes) => Buffer.from(bytes, 'base64').includes(KEY))).toBe(false);
    },
  );

  it('Claude Code writes and Codex verifies, as the guide has it typed', async () => {
    const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/agents.md'), 'utf8');
    const [typed = ''] = /\{\n(?:(?!```)[\s\S])*"separations"[\s\S]*?\n {3}\}/.exec(guide) ?? [];
    const { models, ...rest } = JSON.parse(typed);
    expect(typed.trim().split('\n').length).toBeLessThanOrEqual(12);
    const build = await createDarkModeBuild((url) => ({
      ...rest,
      models: Object.fromEntries(
        Object.entries(models).map(([name, one]) => [
          name,
          { ...(one as object), baseUrl: `${url}/v1` },
        ]),
      ),
    }));
    const { options, env } = build;
    const { code, stderr } = await start(['run', REQUEST, ...options], { env }).ended;
    expect([code, stderr]).toEqual([0, '']);
    const claims = (await trail(build)).filter(({ type }) => type === 'assignment_claimed');
    const modelsOf = (state: string) =>
      claims.findLast(({ data }) => data.state === state)?.data.models;
    expect(modelsOf('implementation')).toEqual(['anthropic:claude-opus-5']);
    expect(modelsOf('verification')).toEqual(['openai:gpt-5']);
  });
});

/** Resolves when the code writer's command writes on and on. */
async function ticking({ worktree }: DarkModeBuild): Promise<void> {
  await until(() => existsSync(join(worktree(), TICKED)));
  expect(processes().some(({ args }) => args.includes(TICKING))).toBe(true);
}

/** Waits for `what`, which a run that has ended cannot bring any more. */
async function beforeTheEnd(run: Started, what: Promise<void>): Promise<void> {
  const early = run.ended.then(({ stdout, stderr }) => {
    throw new Error(`the run has ended: ${stderr}${stdout.slice(-2000)}`);
  });
  await Promise.race([what, early]);
  early.catch(() => {});
}

/** None of the processes lives, and nothing writes the files any more. */
async function nothingGoesOn(
  { worktree }: DarkModeBuild,
  before: readonly { readonly pid: number }[],
): Promise<void> {
  const pids = new Set(before.map(({ pid }) => pid));
  await until(() => !processes().some(({ pid }) => pids.has(pid)));
  expect(processes().filter(({ args }) => args.includes(TICKING))).toEqual([]);
  const files = filesOf(worktree());
  await sleep(500);
  expect(filesOf(worktree())).toEqual(files);
}

async function trail({ workflow, repo }: DarkModeBuild) {
  const watched = await baton(['watch', workflow(), '--json', '--workspace', repo]);
  return documents(watched.stdout);
}
