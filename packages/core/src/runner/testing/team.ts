import { expect, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../memory/memory-store.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { WorkflowEvent } from '../../model/trail.ts';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import { createOrchestrator } from '../../orchestrator/orchestrator.ts';
import type { OrchestratorOptions } from '../../orchestrator/orchestrator-options.ts';
import type { RoleAdapter } from '../../ports/role-adapter.ts';
import { passingOutputs } from '../../testing/build-outputs.ts';
import { createScriptedRole, type ScriptedAnswer } from '../../testing/scripted-role.ts';
import { createRunner, type Runner } from '../runner.ts';
import type { RunnerOptions, RunnerReport } from '../runner-options.ts';

/** A team of scripted roles, and a runner over an orchestrator in memory. */

/** Ends the runner with the test. */
export function endWithTest(runner: Runner): void {
  onTestFinished(() => runner.stop(0));
}

export function advance(phase: keyof typeof passingOutputs): Outcome {
  return { kind: 'advance', result: passingOutputs[phase] as Record<string, never> };
}

export function aTeam(
  overrides: Partial<Record<string, readonly [ScriptedAnswer, ...ScriptedAnswer[]]>> = {},
) {
  const scripts: Record<string, readonly [ScriptedAnswer, ...ScriptedAnswer[]]> = {
    q_assistant: [advance('discovery'), advance('planning')],
    code_writer: [advance('implementation')],
    test_auditor: [advance('testing')],
    verification_overseer: [advance('verification')],
    release_manager: [advance('deployment')],
    ...(overrides as Record<string, readonly [ScriptedAnswer, ...ScriptedAnswer[]]>),
  };
  return Object.entries(scripts).map(([role, answers]) => createScriptedRole(role, ...answers));
}

export async function setUp(
  roles: readonly RoleAdapter[],
  options: Partial<RunnerOptions> = {},
  overrides: Partial<OrchestratorOptions> = {},
) {
  const store = await createMemoryStore();
  const baton = createOrchestrator({ store, workPollMs: 10, ...overrides });
  const reports: RunnerReport[] = [];
  const runner = createRunner({
    source: baton,
    roles,
    backoff: { initialMs: 1, maxMs: 2 },
    onReport: (report) => reports.push(report),
    ...options,
  });
  endWithTest(runner);
  return { baton, runner, reports };
}

export async function reaches(
  baton: Orchestrator,
  workflowId: string,
  state: string,
): Promise<void> {
  await expect.poll(async () => (await baton.status({ workflowId })).state).toBe(state);
}

export async function eventsOf(baton: Orchestrator, workflowId: string): Promise<WorkflowEvent[]> {
  const events: WorkflowEvent[] = [];
  for await (const event of baton.watch({ workflowId, follow: false })) events.push(event);
  return events;
}

export async function typesOf(baton: Orchestrator, workflowId: string): Promise<string[]> {
  return (await eventsOf(baton, workflowId)).map(({ type }) => type);
}

export function evidenceOn(workspaceDigest: string, purpose: string): Evidence {
  return {
    purpose,
    argv: ['true'],
    exitCode: 0,
    startedAt: 0,
    durationMs: 1,
    outputDigest: 'x',
    workspaceDigest,
  };
}
