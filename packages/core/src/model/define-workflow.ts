import { checkDefinition } from './check-definition.ts';
import {
  ERROR_STATE,
  type StateDefinition,
  type Transition,
  type WorkflowDefinition,
} from './definition.ts';
import { type StateOptions, targetsOf, type WorkflowOptions } from './workflow-options.ts';

/**
 * Checks a definition and derives what the machine looks up: every state but the final ones can
 * fail to `error`, and `error` recovers to every phase. States, roles and outputs are typed from the
 * options: a gate sees its phase's output, and an orchestrator with this definition refuses other names.
 *
 * @throws BatonError `invalid_input` that names each state that is wrong and what is wrong with it.
 * @example
 * import { defineWorkflow } from '@baton/core';
 * import { z } from 'zod';
 * const article = defineWorkflow({
 *   name: 'article',
 *   version: 1,
 *   roles: { writer: { title: 'Writer', instructions: 'Write the article.' } },
 *   states: {
 *     draft: { phase: 'writer', output: z.object({ words: z.int() }), to: 'published' },
 *     published: { final: true },
 *   },
 * });
 */
export function defineWorkflow<const Roles extends string, const Outputs extends object>(
  options: WorkflowOptions<Roles, Outputs>,
): WorkflowDefinition<{
  readonly roles: Roles;
  readonly states: keyof Outputs & string;
  readonly outputs: Outputs;
}> {
  // What is known of it when code is compiled makes no difference to what is derived.
  return derive(options as unknown as WorkflowOptions);
}

function derive(options: WorkflowOptions): WorkflowDefinition<never> {
  checkDefinition(options);
  const states = Object.fromEntries([
    ...Object.entries(options.states).map(([name, state]) => [name, toState(state)] as const),
    [ERROR_STATE, { kind: 'error' }] as const,
  ]) as Record<string, StateDefinition>;
  const transitions = [...forward(options), ...retries(options), ...throughError(states)];
  const targets = forwardTargets(states, transitions);
  return {
    name: options.name,
    version: options.version,
    initial: Object.keys(options.states)[0] as string,
    roles: options.roles,
    states,
    transitions,
    approvals: (options.approvals ?? []).map(({ from, to, by = [] }) => ({ from, to, by })),
    separations: options.separations ?? [],
    workspace: options.workspace ?? 'optional',
    edges: edges(states, transitions),
    forward: targets,
    progress: progress(states, targets),
  };
}

function toState(state: StateOptions): StateDefinition {
  if ('final' in state) return { kind: 'final' };
  if ('phase' in state) {
    return {
      kind: 'phase',
      owner: state.phase,
      output: state.output,
      gates: state.gates ?? [],
      retryTo: state.retryTo,
      summary: state.summary,
    };
  }
  const [giver, taker] = state.handoff;
  return { kind: 'handoff', giver, taker, retryTo: state.retryTo };
}

function forward(options: WorkflowOptions): Transition[] {
  return Object.entries(options.states).flatMap(([from, state]) =>
    targetsOf(state).map((to): Transition => ({ from, to, kind: 'forward' })),
  );
}

function retries(options: WorkflowOptions): Transition[] {
  return (options.retries ?? []).map(([from, to]): Transition => ({ from, to, kind: 'retry' }));
}

function throughError(states: Readonly<Record<string, StateDefinition>>): Transition[] {
  const names = Object.keys(states);
  const canFail = names.filter((name) => ['phase', 'handoff'].includes(states[name]?.kind ?? ''));
  const phases = names.filter((name) => states[name]?.kind === 'phase');
  return [
    ...canFail.map((from): Transition => ({ from, to: ERROR_STATE, kind: 'failure' })),
    ...phases.map((to): Transition => ({ from: ERROR_STATE, to, kind: 'recovery' })),
  ];
}

function edges(
  states: Readonly<Record<string, StateDefinition>>,
  transitions: readonly Transition[],
): WorkflowDefinition['edges'] {
  const byState = Object.keys(states).map((state) => {
    const leaving = transitions.filter(({ from }) => from === state);
    return [state, Object.fromEntries(leaving.map(({ to, kind }) => [to, kind]))] as const;
  });
  return Object.fromEntries(byState);
}

function forwardTargets(
  states: Readonly<Record<string, StateDefinition>>,
  transitions: readonly Transition[],
): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.keys(states).map((state) => [
      state,
      transitions
        .filter(({ from, kind }) => from === state && kind === 'forward')
        .map(({ to }) => to),
    ]),
  );
}

/** Percent of the shortest way from the initial state that lies behind each state. */
function progress(
  states: Readonly<Record<string, StateDefinition>>,
  targets: Readonly<Record<string, readonly string[]>>,
): Record<string, number> {
  const names = Object.keys(states);
  const left = new Map(names.filter((name) => states[name]?.kind === 'final').map((n) => [n, 0]));
  for (let distance = 1; distance <= names.length; distance++) {
    for (const name of names) {
      const reaches = targets[name]?.some((target) => left.get(target) === distance - 1);
      if (reaches && !left.has(name)) left.set(name, distance);
    }
  }
  const whole = left.get(names[0] as string) ?? 1;
  return Object.fromEntries(
    names.map((name) => {
      const rest = Math.min(left.get(name) ?? whole, whole);
      return [name, Math.round(((whole - rest) / whole) * 100)];
    }),
  );
}
