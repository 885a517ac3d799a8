import type { Turn } from '../../packages/adapters/src/roles/llm/testing/script.ts';
import { scriptedServer } from '../../packages/adapters/src/roles/llm/testing/scripted-server.ts';
import type { Project } from './harness.ts';

/** What models say must be masked. */
export const KEY = 'sk-live-abcdefghijklmnop';

const advance = (input: object): Turn => ({ calls: [{ name: 'advance', input }] });

/** What the models say in a build whose first greeting fails its test. */
export const SCRIPT: readonly Turn[] = [
  advance({ summary: 'A greeting', requirements: ['greets'] }),
  advance({ steps: ['write it'], testingStrategy: 'run the test', risks: [] }),
  { calls: [{ name: 'write', input: { path: 'greeting.txt', content: 'goodbye\n' } }] },
  advance({ summary: 'says goodbye', changedFiles: ['greeting.txt'] }),
  { calls: [{ name: 'write', input: { path: 'greeting.txt', content: 'hello\n' } }] },
  { calls: [{ name: 'run_command', input: { name: 'greeting is there' } }] },
  advance({ summary: `says hello, with ${KEY}`, changedFiles: ['greeting.txt'] }),
  // The author of the test auditor claims what was not measured.
  advance({ testsPassed: 99, testsFailed: 0, coveragePercent: 100, securityIssues: [] }),
];

/** Lets a model perform the roles of a project, that says what the script says. */
export async function withModels(project: Project, script: readonly Turn[]) {
  const server = await scriptedServer('openai-compatible', script);
  project.configure((config) => {
    config.models = {
      local: {
        provider: 'openai-compatible',
        model: 'qwen-coder',
        baseUrl: server.baseURL,
        apiKeyEnv: 'MODEL_KEY',
        price: { input: 1, output: 10 },
      },
    };
    const model = { model: 'local' };
    config.roles = {
      q_assistant: model,
      code_writer: { ...model, maxSteps: 10 },
      test_auditor: model,
    };
    config.budgets = { cost: 1 };
  });
  return server;
}
