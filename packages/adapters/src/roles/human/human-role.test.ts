import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Assignment,
  createMemoryStore,
  createOrchestrator,
  createRunner,
  type Outcome,
  type WorkspaceProvider,
} from '@baton/core';
import { maskedRole } from '@baton/core/internal';
import { expect, it } from 'vitest';
import { createRedactor } from '../../secrets/create-redactor.ts';
import { createRepository } from '../../testing/git.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createGitWorkspaceProvider } from '../../workspace/index.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { createHumanRole } from './human-role.ts';

const ROLES = ['q_assistant', 'code_writer'].map((role) => createHumanRole({ role }));

/** A build whose first two roles are people. Each step uses a new runner, as after a restart. */
async function createBuild(workspaces?: WorkspaceProvider) {
  const orchestrator = createOrchestrator({ store: await createMemoryStore() });
  const { workflowId } = await orchestrator.start({
    projectId: 'p',
    buildId: 'b',
    userId: 'ada',
    requirements: { request: 'Greet' },
  });
  const status = () => orchestrator.status({ workflowId });
  const open = async () => (await status()).questions.filter(({ answer }) => answer === undefined);

  async function untilAsked(): Promise<string> {
    const runner = createRunner({
      source: orchestrator,
      roles: ROLES,
      workspaces,
    });
    const running = runner.run();
    await expect.poll(() => open()).toHaveLength(1);
    await runner.stop();
    await running;
    return (await open())[0]?.text ?? '';
  }

  async function answer(text: string): Promise<void> {
    const [question] = await open();
    const questionId = question?.id ?? '';
    await orchestrator.answerQuestion({ workflowId, questionId, answer: text, by: 'ada' });
  }

  const outputs = async () => {
    const { handoffs } = await orchestrator.history({ workflowId });
    return Object.fromEntries(handoffs.map(({ fromState, data }) => [fromState, data]));
  };
  return { orchestrator, workflowId, status, untilAsked, answer, outputs };
}

it('asks a person what to hand over, and hands over the answer, across restarts', async () => {
  const { untilAsked, answer, outputs, status } = await createBuild();
  const discovery = await untilAsked();
  expect(discovery).toContain("Please perform 'discovery' as q_assistant (epoch 1).");
  expect(discovery).toContain('The request: Greet');
  expect(discovery).toMatch(/- requirements \(list of text\): What the build must do/);
  await answer('- greets politely\n- greets all guests');
  expect(await untilAsked()).toContain("'planning'");
  expect((await outputs())['discovery']).toEqual({
    summary: '- greets politely\n- greets all guests',
    requirements: ['greets politely', 'greets all guests'],
  });
  await answer('{"steps": ["write"], "testingStrategy": "run it", "risks": ["none"]}');
  expect(await untilAsked()).toContain("'implementation'");
  expect((await status()).state).toBe('implementation');
});

it('asks again for an answer that cannot be used, with what was wrong', async () => {
  const { untilAsked, answer } = await createBuild();
  await untilAsked();
  await answer('{"summary": "s"');
  expect(await untilAsked()).toContain(
    "Answer 1 could not be used: not JSON: expected ',' or '}' at line 1, column 16",
  );
  for (const refused of [2, 3, 4]) {
    await answer('{"summary": "s"}');
    const words = `Answer ${refused} could not be used: it lacks requirements`;
    expect(await untilAsked()).toContain(words);
  }
  await answer('{"summary": "s", "requirements": ["r"]}');
  expect(await untilAsked()).toContain("'planning'");
});

it('asks anew when the work has come back, and may send it back', async () => {
  const { untilAsked, answer, orchestrator, workflowId, status } = await createBuild();
  await untilAsked();
  await answer('greets');
  await untilAsked();
  await answer('retry: ask for the language first');
  const again = await untilAsked();
  expect(again).toContain("'discovery' as q_assistant (epoch 2)");
  expect(again).toContain('It came back: ask for the language first');
  await orchestrator.rollback({ workflowId, targetState: 'discovery', reason: 'over' });
  expect(await untilAsked()).toContain('(epoch 3)');
  expect((await status()).retries).toBe(0);
});

it('takes the files from a branch that the answer names', async () => {
  const home = temporaryFolder();
  const repository = join(home, 'repository');
  const git = createRepository(repository);
  writeFileSync(join(repository, 'old.txt'), 'old\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  git('checkout', '--quiet', '-b', 'greeting');
  git('rm', '--quiet', 'old.txt');
  writeFileSync(join(repository, 'greeting.txt'), 'hello\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Greet');
  git('checkout', '--quiet', 'main');

  const workspaces = createGitWorkspaceProvider({
    repository,
    directory: join(home, 'worktrees'),
    stateDirectory: join(home, 'state'),
  });
  const { untilAsked, answer, outputs, status, workflowId, orchestrator } =
    await createBuild(workspaces);
  for (const text of ['greets', 'write it']) {
    await untilAsked();
    await answer(text);
  }
  await untilAsked();
  await answer('from nowhere: Greets');
  expect(await untilAsked()).toContain("has no branch or commit 'nowhere'");
  await answer('from greeting: Greets');
  const runner = createRunner({ source: orchestrator, roles: ROLES, workspaces });
  const running = runner.run();
  await expect.poll(async () => (await status()).state).toBe('handoff_to_tester');
  await runner.stop();
  await running;
  expect((await outputs())['implementation']).toEqual({
    summary: 'Greets',
    changedFiles: ['greeting.txt', 'old.txt'],
  });
  const worktree = join(home, 'worktrees', workflowId);
  expect(readFileSync(join(worktree, 'greeting.txt'), 'utf8')).toBe('hello\n');
});

it('as an author is asked only for what was not measured', async () => {
  const outputSchema = {
    type: 'object',
    properties: {
      testsPassed: { type: 'integer' },
      securityIssues: { type: 'array', items: { type: 'string' } },
    },
    required: ['testsPassed', 'securityIssues'],
  };
  const assignment = {
    state: 'testing',
    role: 'test_auditor',
    epoch: 1,
    requirements: {},
    inputs: { measured: { testsPassed: 3 } },
    answers: [],
    outputSchema,
  } as unknown as Assignment;
  const role = createHumanRole({ role: 'test_auditor' });
  const perform = (one: Assignment) =>
    role.perform(one, { signal: new AbortController().signal } as never);
  const asked = (await perform(assignment)) as Extract<Outcome, { kind: 'ask' }>;
  const question = asked.questions[0]?.text ?? '';
  expect(question).not.toContain('testsPassed');
  const answers = [{ question, answer: 'looks good', answeredBy: 'ada' }];
  expect(await perform({ ...assignment, answers })).toEqual({
    kind: 'advance',
    result: { securityIssues: [] },
  });
});

it('asks without a part of a secret, and finds the answer to that', async () => {
  const secret = 'correct-horse-battery';
  const context = contextOf();
  const redact = createRedactor({ values: [secret] });
  const role = maskedRole(createHumanRole({ role: 'q_assistant' }), redact);
  for (const before of [0, 3985]) {
    const assignment = assignmentOf({
      requirements: { request: `${'x'.repeat(before)} ${secret}` },
      outputSchema: {
        type: 'object',
        properties: { summary: { type: 'string' } },
        required: ['summary'],
      },
    });
    const asked = await role.perform(assignment, context);
    const [{ text }] = (asked as Extract<Outcome, { kind: 'ask' }>).questions as [{ text: string }];
    expect(text).not.toMatch(/correct|horse/);
    const answers = [{ question: text, answer: 'all of it', answeredBy: 'ada' }];
    const answered = await role.perform({ ...assignment, answers } as Assignment, context);
    expect(answered).toEqual({ kind: 'advance', result: { summary: 'all of it' } });
  }
});
