import { join } from 'node:path';
import { type BuildOptions, diagnose, runBuild } from '@baton/builds';
import type { WorkflowEvent } from '@baton/core';
import { expect, it } from 'vitest';
import { BATON_APPROVAL_TOKEN, BATON_HOME, createProject, TIMEOUT } from '../cli/harness.ts';

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
