import type {
  Assignment,
  Clock,
  Outcome,
  Redact,
  WorkflowDefinition,
  Workspace,
} from '@baton/core';
import { type BuildPhase, buildDefinition } from '@baton/core';
import { maskedRole } from '@baton/core/internal';
import { z } from 'zod';
import { assignmentOf, contextOf, type TestContext } from '../../testing/perform.ts';
import { createLlmRole } from '../llm-role.ts';
import type { LlmRoleOptions } from '../llm-role-options.ts';
import type { ModelConfig } from '../model-config.ts';
import type { Turn } from './script.ts';
import { type ScriptedServer, scriptedServer } from './scripted-server.ts';

/** What a test of a role specifies; everything else has a default. */
export interface RoleTest {
  /** Default `anthropic`. */
  readonly provider?: ModelConfig['provider'];
  readonly script: readonly Turn[];
  readonly model?: Partial<ModelConfig>;
  /** A second model. */
  readonly fallback?: ModelConfig;
  readonly options?: Partial<LlmRoleOptions>;
  /** The runner's. */
  readonly redact?: Redact;
  readonly assignment?: Partial<Assignment>;
  readonly workspace?: Workspace;
  readonly signal?: AbortSignal;
}

export interface PerformedRole {
  readonly outcome: Promise<Outcome>;
  readonly context: TestContext;
  readonly server: ScriptedServer;
  /** The waits for the provider, in milliseconds. */
  readonly waits: readonly number[];
}

/** An assignment of a phase of the `build` definition, as the orchestrator creates it. */
export function buildAssignment(
  phase: BuildPhase,
  changes: Partial<Assignment> = {},
  { name, version, states, roles }: WorkflowDefinition = buildDefinition(),
): Assignment {
  const state = states[phase];
  if (state?.kind !== 'phase') throw new Error(`${phase} is no phase`);
  return assignmentOf({
    definition: { name, version },
    state: phase,
    role: state.owner,
    instructions: roles[state.owner]?.instructions ?? '',
    outputSchema: z.toJSONSchema(state.output, { io: 'input' }) as Assignment['outputSchema'],
    gates: Object.fromEntries(state.gates.map(({ name, description }) => [name, description])),
    ...changes,
  });
}

/** A clock that advances only by sleeping. */
export function sleepingClock(): Clock & { readonly waits: readonly number[] } {
  const waits: number[] = [];
  let now = 1_000_000;
  return {
    waits,
    now: () => now,
    async sleep(ms) {
      waits.push(ms);
      now += ms;
    },
    schedule: () => () => undefined,
  };
}

/** Lets a role perform an assignment with a scripted model. Default: the Code Writer. */
export async function performRole(test: RoleTest): Promise<PerformedRole> {
  const { provider = 'anthropic', script, model, fallback, options, workspace, signal } = test;
  const server = await scriptedServer(provider, script);
  const assignment = { ...buildAssignment('implementation'), ...test.assignment };
  const clock = sleepingClock();
  const role = createLlmRole({
    role: assignment.role,
    models: [
      { provider, model: 'scripted', baseURL: server.baseURL, apiKey: 'key-of-the-test', ...model },
      ...(fallback ? [fallback] : []),
    ],
    nonce: () => 'N0NCE',
    clock,
    // Most tests do not depend on claimed files.
    reviews: [],
    ...options,
  });
  const context = contextOf(workspace, signal);
  const performing = test.redact === undefined ? role : maskedRole(role, test.redact);
  const outcome = performing.perform(assignment, context);
  // The test awaits it later.
  outcome.catch(() => undefined);
  return { outcome, context, server, waits: clock.waits };
}

/** A call of `advance` with an output of the implementation. */
export const DONE = {
  name: 'advance',
  input: { summary: 'Dark mode is there', changedFiles: ['theme.css'] },
};
