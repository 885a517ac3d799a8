import { z } from 'zod';
import { ERROR_STATE } from './definition.ts';
import { BatonError, type FieldViolation } from './errors.ts';
import { DEFINITION_NAME, NAME } from './record-shape.ts';
import { type StateOptions, targetsOf, type WorkflowOptions } from './workflow-options.ts';

/**
 * Refuses a definition that a workflow could get stuck in: unknown targets, unreachable states,
 * dead ends, states without an owner. Reports everything that is wrong at once.
 */
export function checkDefinition(options: WorkflowOptions): void {
  refuseShape(options);
  const problems = [...names(options), ...eachState(options), ...retryEdges(options)];
  problems.push(...approvals(options), ...separations(options));
  if (problems.length === 0) problems.push(...reachability(options));
  if (problems.length === 0) return;
  throw new BatonError(
    'invalid_input',
    `the definition '${options.name}' is not sound: ${problems.map((p) => p.description).join('; ')}`,
    { violations: problems },
  );
}

/** @throws BatonError for what is no definition at all: the rest could not be looked at. */
function refuseShape(options: WorkflowOptions): void {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  const problems = isObject(options)
    ? (['states', 'roles'] as const)
        .filter((field) => !isObject(options[field]))
        .map((field) => problem(field, `expected an object, found ${String(options[field])}`))
    : [problem('', `expected an object, found ${String(options)}`)];
  if (problems.length === 0) {
    for (const [name, state] of Object.entries(options.states))
      problems.push(...shape(name, state));
  }
  if (problems.length === 0) return;
  const found = problems.map(({ field, description }) => `${field}: ${description}`).join('; ');
  throw new BatonError('invalid_input', `that is no definition: ${found}`, {
    violations: problems,
  });
}

function shape(name: string, state: StateOptions): FieldViolation[] {
  const field = `states.${name}`;
  if (typeof state !== 'object' || state === null) {
    return [problem(field, `state '${name}' is no object`)];
  }
  const kinds = ['phase', 'handoff', 'final'].filter((kind) => kind in state);
  if (kinds.length !== 1) {
    const found = kinds.length === 0 ? 'none' : kinds.join(' and ');
    return [problem(field, `state '${name}' is one of phase, handoff, final; found ${found}`)];
  }
  if ('final' in state && (state.final !== true || 'to' in state)) {
    return [problem(field, `state '${name}' is final: true, and leads nowhere`)];
  }
  if ('handoff' in state && !Array.isArray(state.handoff)) {
    return [problem(field, `the owners of state '${name}' are a list: giver and taker`)];
  }
  return [];
}

const WORKSPACE_RULES: ReadonlySet<string> = new Set(['optional', 'required']);

function names(options: WorkflowOptions): FieldViolation[] {
  const states = Object.keys(options.states);
  const problems: FieldViolation[] = [];
  if (!DEFINITION_NAME.test(options.name)) {
    problems.push(
      problem('name', `'${options.name}' is no name; expected ${DEFINITION_NAME.source}`),
    );
  }
  if (!Number.isInteger(options.version) || options.version < 1) {
    problems.push(
      problem('version', `found ${options.version}, expected a whole number from 1 on`),
    );
  }
  const { workspace = 'optional' } = options;
  if (!WORKSPACE_RULES.has(workspace)) {
    const legal = [...WORKSPACE_RULES].join(' or ');
    problems.push(problem('workspace', `found '${workspace}', expected ${legal}`));
  }
  if (states.length === 0) problems.push(problem('states', 'there are no states'));
  for (const [list, all] of Object.entries({ states, roles: Object.keys(options.roles) })) {
    // What every object has (`constructor`) would be found where nothing was put.
    for (const name of all.filter((name) => !NAME.test(name) || name in {})) {
      problems.push(problem(`${list}.${name}`, `'${name}' is no name; expected ${NAME.source}`));
    }
  }
  if (states.includes(ERROR_STATE)) {
    problems.push(problem('states.error', `the state 'error' is added by itself; leave it out`));
  }
  return problems;
}

function eachState(options: WorkflowOptions): FieldViolation[] {
  return Object.entries(options.states).flatMap(([name, state]) => [
    ...owners(options, name, state),
    ...targets(options, name, state),
    ...output(name, state),
  ]);
}

function owners(options: WorkflowOptions, name: string, state: StateOptions): FieldViolation[] {
  if ('final' in state) return [];
  const owning = 'phase' in state ? [state.phase] : state.handoff;
  const roles = Object.keys(options.roles);
  if (!('phase' in state) && owning.length !== 2) {
    const found = owning.length === 0 ? 'none' : owning.join(', ');
    return [
      problem(
        `states.${name}`,
        `state '${name}' needs two owners, the giver and the taker; found ${found}`,
      ),
    ];
  }
  if (owning.length === 2 && owning[0] === owning[1]) {
    const description = `'${owning[0]}' hands state '${name}' over to itself: leave the handoff out`;
    return [problem(`states.${name}`, description)];
  }
  return owning
    .filter((role) => !roles.includes(role))
    .map((role) =>
      problem(
        `states.${name}`,
        `state '${name}' has no owner: '${role}' is not a role; roles: ${roles.join(', ')}`,
      ),
    );
}

function targets(options: WorkflowOptions, name: string, state: StateOptions): FieldViolation[] {
  if ('final' in state) return [];
  const problems = targetsOf(state)
    .filter((to) => stateOf(options, to) === undefined)
    .map((to) => problem(`states.${name}.to`, `state '${name}' leads to unknown state '${to}'`));
  if (targetsOf(state).length === 0) {
    problems.push(problem(`states.${name}.to`, `state '${name}' is a dead end and not final`));
  }
  if (new Set(targetsOf(state)).size !== targetsOf(state).length) {
    problems.push(problem(`states.${name}.to`, `state '${name}' names a target twice`));
  }
  if (!('phase' in state) && targetsOf(state).length > 1) {
    const description = `handoff '${name}' leads to several states: no role works there to choose one; branch in a phase`;
    problems.push(problem(`states.${name}.to`, description));
  }
  if (state.retryTo !== undefined && !isPhase(options, state.retryTo)) {
    problems.push(
      problem(`states.${name}.retryTo`, `state '${name}' retries to '${state.retryTo}', no phase`),
    );
  }
  if (state.retryTo === name) {
    problems.push(problem(`states.${name}.retryTo`, `state '${name}' retries to itself`));
  }
  return problems;
}

function output(name: string, state: StateOptions): FieldViolation[] {
  if (!('phase' in state)) return [];
  const gates = (state.gates ?? []).map((gate) => gate.name);
  const twice = gates.filter((gate, index) => gates.indexOf(gate) !== index);
  const nameless = gates.filter((gate) => typeof gate !== 'string' || gate === '');
  return [
    ...nameless.map(() => problem(`states.${name}.gates`, `a gate of state '${name}' has no name`)),
    ...twice.map((gate) =>
      problem(`states.${name}.gates`, `state '${name}' has two gates named '${gate}'`),
    ),
    ...outputSchema(name, state.output),
  ];
}

function outputSchema(name: string, schema: z.ZodType | undefined): FieldViolation[] {
  try {
    if (schema === undefined) throw new Error('there is none');
    const { type } = z.toJSONSchema(schema, { io: 'input' });
    if (type === undefined || type === 'object') return [];
    throw new Error(`it is for ${type}, expected one for an object`);
  } catch (reason) {
    const found = BatonError.from(reason).message;
    return [
      problem(`states.${name}.output`, `state '${name}' has no usable output schema: ${found}`),
    ];
  }
}

function retryEdges(options: WorkflowOptions): FieldViolation[] {
  return (options.retries ?? []).flatMap(([from, to]) => {
    const field = `retries.${from}`;
    if (!isPhase(options, from) || !isPhase(options, to)) {
      return [problem(field, `retry ${from} → ${to}: both must be phases`)];
    }
    if (from === to) return [problem(field, `retry ${from} → ${to}: leads nowhere`)];
    const forward = targetsOf(options.states[from] as StateOptions).includes(to);
    return forward ? [problem(field, `retry ${from} → ${to} is a forward transition already`)] : [];
  });
}

function approvals(options: WorkflowOptions): FieldViolation[] {
  return (options.approvals ?? []).flatMap(({ from, to, by = [] }, index) => {
    const field = `approvals.${from}`;
    const state = stateOf(options, from);
    const roles = by.filter((principal) => Object.hasOwn(options.roles, principal));
    return [
      ...(state !== undefined && targetsOf(state).includes(to)
        ? []
        : [
            problem(
              field,
              `approval ${from} → ${to}: there is no such forward transition${waysFrom(from, state)}`,
            ),
          ]),
      ...(options.approvals?.findIndex((one) => one.from === from && one.to === to) === index
        ? []
        : [
            problem(field, `approval ${from} → ${to} stands twice: name all who may decide in one`),
          ]),
      ...roles.map((role) => problem(field, `'${role}' is a role: approvals are given by people`)),
    ];
  });
}

function waysFrom(from: string, state: StateOptions | undefined): string {
  const ways = state === undefined ? [] : targetsOf(state);
  return ways.length === 0 ? '' : `; '${from}' leads to ${ways.join(', ')}`;
}

function separations(options: WorkflowOptions): FieldViolation[] {
  const phases = Object.keys(options.states).filter((name) => isPhase(options, name));
  return (options.separations ?? []).flatMap(({ phase, from }) => {
    const strangers = [phase, from].filter((name) => !isPhase(options, name));
    const field = `separations.${phase}`;
    if (phase === from) return [problem(field, `'${phase}' cannot be separated from itself`)];
    return strangers.map((name) =>
      problem(
        field,
        `separation of '${phase}' from '${from}': '${name}' is no phase; phases: ${phases.join(', ')}`,
      ),
    );
  });
}

function reachability(options: WorkflowOptions): FieldViolation[] {
  const all = Object.keys(options.states);
  const next = (name: string): readonly string[] => targetsOf(options.states[name] as StateOptions);
  const reached = spread([all[0] as string], next);
  const finals = all.filter((name) => 'final' in (options.states[name] as StateOptions));
  const ending = spread(finals, (name) => all.filter((from) => next(from).includes(name)));
  const cycle = all.find((name) => spread(next(name), next).has(name));
  const back = [
    ...(options.retries ?? []),
    ...all.flatMap((name) => {
      const state = options.states[name] as StateOptions;
      return 'retryTo' in state && state.retryTo !== undefined
        ? [[name, state.retryTo] as const]
        : [];
    }),
  ].filter(([from, to]) => !spread([to], next).has(from));
  return [
    ...back.map(([from, to]) =>
      problem(`states.${from}`, `a retry from '${from}' to '${to}' does not go back`),
    ),
    ...(cycle === undefined
      ? []
      : [
          problem(
            `states.${cycle}.to`,
            `state '${cycle}' leads forward to itself again; work goes back by retries, not forward`,
          ),
        ]),
    ...(finals.length === 0 ? [problem('states', 'no state is final')] : []),
    ...all
      .filter((name) => !reached.has(name))
      .map((name) => problem(`states.${name}`, `state '${name}' is unreachable from '${all[0]}'`)),
    ...all
      .filter((name) => finals.length > 0 && !ending.has(name))
      .map((name) =>
        problem(`states.${name}`, `state '${name}' is a dead end: no way to a final state`),
      ),
    ...('phase' in (options.states[all[0] as string] as StateOptions)
      ? []
      : [problem(`states.${all[0]}`, `the first state '${all[0]}' must be a phase`)]),
  ];
}

/** Everything that can be got to from `start`. */
function spread(start: readonly string[], next: (name: string) => readonly string[]): Set<string> {
  const seen = new Set(start);
  for (const name of seen) for (const to of next(name)) seen.add(to);
  return seen;
}

/** Own states only: `constructor` is a name like any other. */
function stateOf(options: WorkflowOptions, name: string): StateOptions | undefined {
  return Object.hasOwn(options.states, name) ? options.states[name] : undefined;
}

function isPhase(options: WorkflowOptions, name: string): boolean {
  const state = stateOf(options, name);
  return state !== undefined && 'phase' in state;
}

function problem(field: string, description: string): FieldViolation {
  return { field, description };
}
