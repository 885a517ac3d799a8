import type { JsonObject, Orchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';

/** Outputs of about 1 KB each, which pass their gates. */
const notes = 'n'.repeat(900);

/** The way of a build from start to complete: who completes each state with what. */
export const PATH: readonly {
  readonly completedState: string;
  readonly role: string;
  readonly result: JsonObject | undefined;
}[] = (
  [
    ['discovery', 'q_assistant'],
    ['planning', 'q_assistant'],
    ['handoff_to_coder', 'code_writer'],
    ['implementation', 'code_writer'],
    ['handoff_to_tester', 'test_auditor'],
    ['testing', 'test_auditor'],
    ['handoff_to_verifier', 'verification_overseer'],
    ['verification', 'verification_overseer'],
    ['handoff_to_releaser', 'release_manager'],
    ['deployment', 'release_manager'],
  ] as const
).map(([completedState, role]) => {
  const output = passingOutputs[completedState as keyof typeof passingOutputs];
  return { completedState, role, result: output && { ...output, notes } };
});

/** What is asked for. */
export const REQUIREMENTS = { request: 'Build me a dark mode feature' };

/** Steps of a build: its start and the ten of its path. */
export const STEPS = PATH.length + 1;

let builds = 0;

/** Starts `count` workflows that wait in discovery. */
export async function startWorkflows(baton: Pick<Orchestrator, 'start'>, count: number) {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const reply = await baton.start({
      projectId: 'bench',
      buildId: `build-${process.pid}-${builds++}`,
      userId: 'bench',
      requirements: REQUIREMENTS,
    });
    ids.push(reply.workflowId);
  }
  return ids;
}
