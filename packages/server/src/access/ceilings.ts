import { BatonError, type Budget, type Budgets, type FieldViolation } from '@baton/core';
import type { RequestRetryRequest, StartRequest } from '@baton/core/api';
import { present } from '@baton/core/internal';

/** What no caller can go beyond, whatever else it may do. Absent: there is no bound but core's own. */
export interface CeilingSettings {
  /** Caps of a workflow, and of each phase of it. */
  readonly budgets?: Budgets | undefined;
  readonly maxRetries?: number | undefined;
  /** Milliseconds until a workflow times out. */
  readonly timeoutMs?: number | undefined;
}

/** Requests within the ceilings. What a request leaves out is the server's own default, and not looked at here. */
export interface Ceilings {
  /** Caps that given budgets leave out are the ceiling's. @throws BatonError `invalid_input` for what is beyond. */
  start(request: StartRequest): StartRequest;
  /** @throws BatonError `invalid_input` for what is beyond. */
  raise(request: RequestRetryRequest): RequestRetryRequest;
}

export function createCeilings({ budgets, maxRetries, timeoutMs }: CeilingSettings): Ceilings {
  return {
    start(request) {
      refuse([
        ...beyondBudgets(request.budgets, budgets),
        ...beyond('maxRetries', request.maxRetries, maxRetries),
        ...beyond('timeoutMs', request.timeoutMs, timeoutMs),
      ]);
      if (request.budgets === undefined || budgets === undefined) return request;
      return { ...request, budgets: withCeiling(request.budgets, budgets) };
    },
    raise(request) {
      refuse([
        ...beyondBudgets(request.budgets, budgets),
        ...beyond('timeoutMs', request.timeoutMs, timeoutMs),
      ]);
      return request;
    },
  };
}

/** What holds for workflows that are started without limits of their own. */
export interface DefaultLimits {
  readonly budgets: Budgets | undefined;
  readonly maxRetries: number;
  readonly timeoutMs: number;
}

/** The defaults, where they are beyond a ceiling the ceiling. */
export function defaultsWithin(defaults: DefaultLimits, ceilings: CeilingSettings): DefaultLimits {
  const { budgets, maxRetries, timeoutMs } = ceilings;
  return {
    budgets: budgets
      ? withCeiling(lowered(defaults.budgets ?? {}, budgets), budgets)
      : defaults.budgets,
    maxRetries: Math.min(defaults.maxRetries, maxRetries ?? defaults.maxRetries),
    timeoutMs: Math.min(defaults.timeoutMs, timeoutMs ?? defaults.timeoutMs),
  };
}

function lowered(budgets: Budgets, ceiling: Budgets): Budgets {
  const phases = Object.entries(budgets.phases ?? {}).map(([phase, caps]) => [
    phase,
    loweredCaps(caps, ceiling.phases?.[phase] ?? {}),
  ]);
  return {
    ...loweredCaps(budgets, ceiling),
    ...(phases.length > 0 && { phases: Object.fromEntries(phases) }),
  };
}

function loweredCaps(given: Budget, ceiling: Budget): Budget {
  const caps = CAPS.flatMap((name) => {
    const [cap, most] = [given[name], ceiling[name]];
    return cap === undefined ? [] : [[name, Math.min(cap, most ?? cap)]];
  });
  return Object.fromEntries(caps);
}

const CAPS = ['tokens', 'cost', 'wallMs'] as const;

/** The budgets with the ceiling where they have no cap of their own. */
function withCeiling(budgets: Budgets, ceiling: Budgets): Budgets {
  const phases = { ...ceiling.phases };
  for (const [phase, caps] of Object.entries(budgets.phases ?? {})) {
    phases[phase] = { ...ceiling.phases?.[phase], ...present(caps) };
  }
  const all = { ...ceiling, ...present(budgets) };
  return Object.keys(phases).length === 0 ? all : { ...all, phases };
}

/** What of the budgets is beyond the ceiling. */
function beyondBudgets(
  given: Budgets | undefined,
  ceiling: Budgets | undefined,
): readonly FieldViolation[] {
  if (given === undefined || ceiling === undefined) return [];
  const phases = Object.entries(given.phases ?? {}).flatMap(([phase, caps]) =>
    beyondCaps(`budgets.phases.${phase}`, caps, ceiling.phases?.[phase] ?? {}),
  );
  return [...beyondCaps('budgets', given, ceiling), ...phases];
}

function beyondCaps(path: string, given: Budget, ceiling: Budget): readonly FieldViolation[] {
  return CAPS.flatMap((name) => beyond(`${path}.${name}`, given[name], ceiling[name]));
}

function beyond(
  field: string,
  found: number | undefined,
  most: number | undefined,
): readonly FieldViolation[] {
  if (found === undefined || most === undefined || found <= most) return [];
  return [
    { field, description: `expected at most ${most}, which this server allows, found ${found}` },
  ];
}

function refuse(violations: readonly FieldViolation[]): void {
  const [first] = violations;
  if (first === undefined) return;
  throw new BatonError('invalid_input', `${first.field}: ${first.description}`, { violations });
}
