import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type BuildOptions, diagnose, runBuild } from '@baton/builds';
import type { WorkflowEvent } from '@baton/core';
import { expect, it, onTestFinished } from 'vitest';
import {
  BATON_APPROVAL_TOKEN,
  BATON_HOME,
  baton,
  createProject,
  documents,
  TIMEOUT,
} from '../cli/harness.ts';

const AGENT = join(
  import.meta.dirname,
  '../../packages/adapters/src/roles/agent/testing/example-agent.ts',
);

const started = (behaviour: string) => [process.execPath, '--no-warnings', AGENT, behaviour];

it(
  'an agent of the configuration writes the code, and goes on when it comes back',
  TIMEOUT,
  async () => {
    const project = createProject();
    project.configure((config) => {
      config.roles.code_writer = { agent: 'custom', command: started('greet') };
    });
    const events: WorkflowEvent[] = [];
    const options: BuildOptions = {
      request: 'Build me a greeting',
      workspace: project.repo,
      config: project.config,
      env: { ...process.env, BATON_HOME, BATON_APPROVAL_TOKEN },
      observer: { happened: (event) => void events.push(event) },
    };
    const result = await runBuild(options);
    if (result.kind !== 'complete') throw new Error(`it is ${result.kind}`);
    expect(result.summary).toMatchObject({ complete: true, retries: 1 });
    expect(JSON.stringify(events)).toContain('usage_not_metered');
  },
);

it(
  'an agent asks its model through a gateway: the key stays, and what it used is counted',
  TIMEOUT,
  async () => {
    const asked: { readonly key: unknown; readonly body: string }[] = [];
    const provider = createServer(async (request, response) => {
      asked.push({ key: request.headers['x-api-key'], body: await text(request) });
      const usage = { input_tokens: 700, output_tokens: 30 };
      const content = [{ type: 'text', text: 'hello' }];
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'tiny',
          content,
          usage,
        }),
      );
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
