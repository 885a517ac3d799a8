import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type BuildOptions, diagnose, resumeBuild, runBuild } from '@baton/builds';
import { passingOutputs } from '@baton/core/testing';
import { expect, it, onTestFinished } from 'vitest';
import { anthropicMessages } from '../../packages/adapters/src/roles/llm/testing/anthropic-messages.ts';
import {
  BATON_APPROVAL_TOKEN,
  BATON_HOME,
  baton,
  createProject,
  documents,
  start,
  TIMEOUT,
} from '../cli/harness.ts';

const AGENT = join(
  import.meta.dirname,
  '../../packages/adapters/src/roles/agent/testing/example-agent.ts',
);

/** An answer of Anthropic's messages API. */
const HELLO = {
  ...{ id: 'm', type: 'message', role: 'assistant', model: 'tiny' },
  content: [{ type: 'text', text: 'hello' }],
  usage: { input_tokens: 700, output_tokens: 30 },
};

const started = (behaviour: string) => [process.execPath, '--no-warnings', AGENT, behaviour];

it(
  'an agent of the configuration writes the code, and goes on when it comes back',
  TIMEOUT,
  async () => {
    const project = createProject();
    project.configure((config) => {
      config.roles.code_writer = { agent: 'custom', command: started('greet') };
    });
    const options: BuildOptions = {
      request: 'Build me a greeting',
      workspace: project.repo,
      config: project.config,
      env: { ...process.env, BATON_HOME, BATON_APPROVAL_TOKEN },
    };
    const result = await runBuild(options);
    if (result.kind !== 'complete') throw new Error(`it is ${result.kind}`);
    expect(result.summary).toMatchObject({ complete: true, retries: 1 });
    // Each attempt, once, and nothing is counted as if it were known.
    const { usage, notes } = result.summary;
    const around = notes.filter(({ code }) => code === 'usage_not_metered');
    expect(around.map(({ phase }) => phase)).toEqual(['implementation', 'implementation']);
    expect(around[0]?.message).toContain('asks its models by its own login');
    expect(usage).toMatchObject({ requests: 0, inputTokens: 0 });
  },
);

it(
  'an agent asks its model through a gateway: the key stays, and what it used is counted',
  TIMEOUT,
  async () => {
    const asked: { readonly key: unknown; readonly body: string }[] = [];
    const provider = createServer(async (request, response) => {
      asked.push({ key: request.headers['x-api-key'], body: await text(request) });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(HELLO));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void provider.close());
    const project = createProject();
    project.configure((config) => {
      const { port } = provider.address() as AddressInfo;
      config.models = {
        writer: {
          ...{ provider: 'anthropic', model: 'tiny', apiKeyEnv: 'SECRET_KEY' },
          baseUrl: `http://127.0.0.1:${port}/v1`,
        },
      };
      config.roles.code_writer = { agent: 'custom', command: started('model'), model: 'writer' };
    });
    const result = await runBuild({
      request: 'Build me a greeting',
      workspace: project.repo,
      config: project.config,
      env: { ...process.env, BATON_HOME, BATON_APPROVAL_TOKEN, SECRET_KEY: 'the-real-key-of-ada' },
    });
    if (result.kind !== 'complete') throw new Error(JSON.stringify(result));
    const [{ key, body } = { key: '', body: '' }] = asked;
    expect(key).toBe('the-real-key-of-ada');
    expect(body).not.toContain('the-real-key-of-ada');
    expect(JSON.stringify(result.summary)).toMatch(/"inputTokens":700,.*"outputTokens":30/);
  },
);

it(
  'agents of one model family may not write and verify where these are separated',
  TIMEOUT,
  async () => {
    const project = createProject();
    const verifiedBy = async (agent: string, provider: string, model: string) => {
      project.configure((config) => {
        config.models = {
          writer: { provider: 'anthropic', model: 'claude-opus-5' },
          judge: { provider, model },
        };
        config.roles.code_writer = { agent: 'claude', model: 'writer' };
        config.roles.verification_overseer = { agent, model: 'judge' };
        config.separations = [
          { phase: 'verification', from: 'implementation', by: 'model_family' },
        ];
      });
      const keys = { ANTHROPIC_API_KEY: 'key-of-one', OPENAI_API_KEY: 'key-of-the-other' };
      const findings = await diagnose({
        workspace: project.repo,
        config: project.config,
        env: { ...process.env, BATON_HOME, ...keys },
      });
      return findings.find(({ name }) => name === 'roles');
    };
    expect(await verifiedBy('claude', 'anthropic', 'claude-haiku-5')).toMatchObject({
      verdict: 'problem',
      found: expect.stringContaining(
        "model_family 'claude' performs 'implementation' and 'verification'; expected others: change roles.code_writer or roles.verification_overseer",
      ),
    });
    expect(await verifiedBy('codex', 'openai', 'gpt-5')).toMatchObject({ verdict: 'ok' });
  },
);

it('what an agent said is in the logs, and its sessions go with the records', TIMEOUT, async () => {
  const project = createProject();
  project.configure((config) => {
    config.roles.code_writer = { agent: 'custom', command: started('greet') };
  });
  const { code, stdout } = await baton([
    'run',
    'Build me a greeting',
    ...project.options,
    '--json',
  ]);
  expect(code).toBe(0);
  const [{ status }] = documents(stdout);
  const build = join(project.kept.state, 'builds', status.workflowId);
  expect(readdirSync(join(build, 'agents'))).toHaveLength(1);
  const logs = await baton(['logs', '--phase', 'implementation', '--workspace', project.repo]);
  expect(logs.stdout).toContain('conversation.jsonl');
  expect(logs.stdout).toContain('Perform `implementation` now.');
  await baton(['prune', ...project.options]);
  expect(existsSync(build)).toBe(false);
});

it(
  'a whole build of a model and an agent is rehearsed without a network, in another repository',
  TIMEOUT,
  async () => {
    const outputs = [passingOutputs.discovery, passingOutputs.planning];
    let asked = 0;
    const provider = createServer(async (request, response) => {
      const { stream } = JSON.parse(await text(request));
      asked += 1;
      if (!stream) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(HELLO));
        return;
      }
      response.setHeader('content-type', 'text/event-stream');
      const calls = [{ name: 'advance', input: outputs.shift() }];
      const usage = { input: 900, output: 70 };
      response.end(anthropicMessages({ calls, usage }).join(''));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
    const cassette = join(mkdtempSync(join(tmpdir(), 'baton-models-')), 'models.json');
    const build = (how: Partial<BuildOptions>, env: Record<string, string>) => {
      const project = createProject();
      project.configure((config) => {
        const writer = { provider: 'anthropic', model: 'tiny', apiKeyEnv: 'SECRET_KEY', baseUrl };
        config.models = { writer };
        config.roles.q_assistant = { model: 'writer' };
        config.roles.code_writer = { agent: 'custom', command: started('model'), model: 'writer' };
      });
      return runBuild({
        request: 'Build me a greeting',
        workspace: project.repo,
        config: project.config,
        env: { ...process.env, BATON_HOME, BATON_APPROVAL_TOKEN, ...env },
        ...how,
      });
    };
    const recorded = await build({ recordModels: cassette }, { SECRET_KEY: 'the-real-key-of-ada' });
    if (recorded.kind !== 'complete') throw new Error(JSON.stringify(recorded));
    expect(asked).toBe(3);
    expect(readFileSync(cassette, 'utf8')).not.toContain('the-real-key-of-ada');
    await new Promise((resolve) => provider.close(resolve).closeAllConnections());
    const replayed = await build({ replayModels: cassette }, {});
    if (replayed.kind !== 'complete') throw new Error(JSON.stringify(replayed));
    const usageOf = ({ summary }: typeof recorded) =>
      JSON.stringify(summary).match(/"(inputTokens|outputTokens|requests)":\d+/g);
    expect(usageOf(replayed)).toEqual(usageOf(recorded));
    expect(JSON.stringify(replayed.summary)).toContain('"inputTokens":2500');
    // Another request was not recorded.
    const other = await build({ replayModels: cassette, request: 'Build me a farewell' }, {});
    expect(JSON.stringify(other)).toMatch(
      /has no answer of anthropic:tiny .*recorded .*greeting.*found .*farewell/,
    );
  },
);

/** An agent that asks a model whose provider does as it is told, and what its build was told. */
async function withProvider(answer: (response: ServerResponse) => unknown) {
  const asked: string[] = [];
  const provider = createServer(async (request, response) => {
    asked.push(await text(request));
    response.setHeader('content-type', 'application/json');
    answer(response);
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    provider.closeAllConnections();
    provider.close();
  });
  const project = createProject();
  project.configure((config) => {
    const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
    const writer = { provider: 'anthropic', model: 'tiny', apiKeyEnv: 'SECRET_KEY', baseUrl };
    config.models = { writer };
    config.budgets = { tokens: 100_000 };
    config.roles.code_writer = { agent: 'custom', command: started('model'), model: 'writer' };
  });
  const options = {
    workspace: project.repo,
    config: project.config,
    env: { ...process.env, BATON_HOME, BATON_APPROVAL_TOKEN, SECRET_KEY: 'the-real-key-of-ada' },
  };
  return { asked, project, options };
}

it('calls that a provider does not count are marked as estimated', TIMEOUT, async () => {
  const { options } = await withProvider((response) =>
    response.end(JSON.stringify({ ...HELLO, usage: undefined })),
  );
  const result = await runBuild({ ...options, request: 'Build me a greeting' });
  if (result.kind !== 'complete') throw new Error(JSON.stringify(result));
  const message = '1 of 1 model calls are counted by estimates: the provider gave no whole count';
  const { usage, notes } = result.summary;
  expect(notes).toContainEqual({ phase: 'implementation', code: 'usage_estimated', message });
  // All that the answer could have had.
  expect(usage).toMatchObject({ requests: 1, outputTokens: 100 });
  expect(usage.inputTokens).toBeGreaterThan(100);
});

it(
  'a build whose process is killed within a model call counts that call once, and goes on',
  TIMEOUT,
  async () => {
    let hangs = true;
    const { asked, project, options } = await withProvider((response) => {
      if (!hangs) response.end(JSON.stringify(HELLO));
    });
    const run = start(['run', 'Build me a greeting', ...project.options], {
      env: { SECRET_KEY: 'the-real-key-of-ada' },
    });
    await expect.poll(() => asked.length).toBe(1);
    run.process.kill('SIGKILL');
    await run.ended;
    hangs = false;
    const result = await resumeBuild(options);
    if (result.kind !== 'complete') throw new Error(JSON.stringify(result));
    expect(asked).toHaveLength(2);
    const { usage, notes } = result.summary;
    // What was set aside for the first call, and what the second used; nothing of the cap is lost.
    expect(usage).toMatchObject({ requests: 2, outputTokens: 100 + 30, unsettledTokens: 0 });
    expect(usage.inputTokens).toBeGreaterThan(700 + 100);
    expect(usage.inputTokens).toBeLessThan(20_000);
    expect(notes).toContainEqual({
      phase: 'implementation',
      code: 'usage_estimated',
      message: expect.stringMatching(/^1 of 1 model calls of the attempt had no end/),
    });
  },
);

it('doctor says which agent is missing, and how it is installed', TIMEOUT, async () => {
  const project = createProject();
  project.configure((config) => {
    config.roles.code_writer = { agent: 'claude' };
  });
  const findings = await diagnose({
    workspace: project.repo,
    config: project.config,
    env: { ...process.env, BATON_HOME },
  });
  const found = findings.find(({ name }) => name === 'roles.code_writer.agent');
  expect(found).toMatchObject({
    verdict: 'problem',
    found: "there is no program 'claude-agent-acp' on PATH",
    advice: expect.stringContaining('npm install --global @agentclientprotocol/claude-agent-acp'),
  });
});
