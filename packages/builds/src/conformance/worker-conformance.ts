import { BatonError } from '@baton/core';
import type { Environment } from '../caller.ts';
import { clientOf } from '../operations/connect.ts';
import { withBench } from './bench.ts';
import { openField } from './field.ts';
import { NotApplicable, NotMet } from './not-met.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { ROLES } from './script.ts';
import { createWaits } from './waits.ts';

/** What {@link testWorker} takes. */
export interface WorkerTestOptions {
  /**
   * The worker: a command, which is started for each scenario against a server of its own, or the address of a
   * server that workers are connected to.
   */
  readonly worker: { readonly argv: readonly string[] } | { readonly server: string };
  /** The roles that it performs. Default: the five of the definition `build`. */
  readonly roles?: readonly string[] | undefined;
  /** Names of the scenarios to run. Default: all. */
  readonly only?: readonly string[] | undefined;
  /** Milliseconds that a scenario may take, from 1. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds that the worker has to end after SIGTERM, from 1. Default 30,000. */
  readonly graceMs?: number | undefined;
  /** Scenarios that are run at once, each with a worker and a server of its own, from 1. Default 1. */
  readonly concurrency?: number | undefined;
  /** The folder to start the worker in; absolute. Default: `process.cwd()`. */
  readonly cwd?: string | undefined;
  /** The environment of the worker, without what it is told of the server. Default: `process.env`. */
  readonly env?: Environment | undefined;
  /** Called with each result as it comes. Default: not called. */
  readonly onResult?: ((result: ScenarioResult) => void) | undefined;
  /** Ends the tests early. */
  readonly signal?: AbortSignal | undefined;
}

/** What a scenario has shown. */
export interface ScenarioResult {
  readonly scenario: string;
  /** `not_applicable`: the worker cannot be held against it; `not_run`: nothing is known of it. */
  readonly verdict: 'passed' | 'failed' | 'not_applicable' | 'not_run';
  /** What the worker did, or why nothing is known of it. */
  readonly seen: string;
  readonly expected: string;
}

/** The names of all scenarios, in the order in which they are run. */
export const scenarioNames: readonly string[] = SCENARIOS.map(({ name }) => name);

/**
 * Holds a worker in any language against what goes wrong between workers and servers. The worker performs
 * what `requirements.conformance` says; docs/guides/workers-in-any-language.md has the contract.
 *
 * @returns a result for each scenario, in their order.
 * @throws BatonError `invalid_input` for an unknown scenario or role, or a command that cannot be started;
 * `unavailable` when the named server cannot be reached; `cancelled` when the signal aborts.
 * @example
 * import { testWorker } from '@baton/builds/conformance';
 * const results = await testWorker({ worker: { argv: ['python3', 'my_worker.py'] } });
 * for (const { scenario, verdict, seen } of results) console.log(scenario, verdict, seen);
 */
export async function testWorker(options: WorkerTestOptions): Promise<readonly ScenarioResult[]> {
  const { only = scenarioNames, roles = ROLES, concurrency = 1 } = options;
  expectKnown('only', only, scenarioNames);
  expectKnown('roles', roles, ROLES);
  expectFromOne('concurrency', concurrency);
  for (const name of ['timeoutMs', 'graceMs'] as const) expectFromOne(name, options[name] ?? 1);
  const chosen = SCENARIOS.filter(({ name }) => only.includes(name));
  const [normal, ...others] = chosen;
  if (normal?.name !== SCENARIOS[0]?.name) return inTurn(chosen, options, concurrency);
  const first = await resultOf(normal as Scenario, options);
  if (first.verdict === 'passed') return [first, ...(await inTurn(others, options, concurrency))];
  const seen = `says nothing before the scenario '${first.scenario}' passes`;
  return [first, ...others.map((one) => described(one, 'not_run', seen))];
}

/** At most `concurrency` at a time. */
async function inTurn(
  scenarios: readonly Scenario[],
  options: WorkerTestOptions,
  concurrency: number,
): Promise<readonly ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  const waiting = scenarios.entries();
  const work = async (): Promise<void> => {
    for (const [index, scenario] of waiting) results[index] = await resultOf(scenario, options);
  };
  // Where one cannot go on, the others end first: no worker is left behind.
  const ended = await Promise.allSettled(Array.from({ length: concurrency }, work));
  const broken = ended.find((one) => one.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return results;
}

async function resultOf(scenario: Scenario, options: WorkerTestOptions): Promise<ScenarioResult> {
  const result = await judged(scenario, options);
  options.onResult?.(result);
  return result;
}

async function judged(scenario: Scenario, options: WorkerTestOptions): Promise<ScenarioResult> {
  try {
    const seen = await run(scenario, options);
    if (seen !== undefined) return described(scenario, 'passed', seen);
    const why = 'needs a server that fails on purpose: name the command of the worker';
    return described(scenario, 'not_run', why);
  } catch (reason) {
    if (reason instanceof NotMet) return described(scenario, 'failed', reason.message);
    if (reason instanceof NotApplicable) {
      return described(scenario, 'not_applicable', reason.message);
    }
    throw reason;
  }
}

/** What was seen; undefined where the scenario cannot be run from outside of the server. */
async function run(scenario: Scenario, options: WorkerTestOptions): Promise<string | undefined> {
  const { worker, roles = ROLES, timeoutMs = 60_000, graceMs = 30_000, signal } = options;
  if ('argv' in worker) {
    const { cwd = process.cwd(), env = process.env } = options;
    const bench = { argv: worker.argv, cwd, env, roles, timeoutMs, graceMs, signal };
    return withBench(bench, (one) => scenario.run(one));
  }
  if (scenario.where === 'own-server') return undefined;
  const baton = await clientOf(worker.server, options.env ?? process.env);
  const left = new AbortController();
  try {
    const waits = createWaits(timeoutMs, signal, () => undefined);
    const field = { baton, waits, roles, timeoutMs, left: left.signal };
    return await scenario.run(await openField(field));
  } finally {
    left.abort();
    baton.close();
  }
}

function described(
  { name, expected }: Scenario,
  verdict: ScenarioResult['verdict'],
  seen: string,
): ScenarioResult {
  return { scenario: name, verdict, seen, expected };
}

function expectKnown(field: string, found: readonly string[], legal: readonly string[]): void {
  const unknown = found.find((one) => !legal.includes(one));
  if (unknown === undefined && found.length > 0) return;
  const what = unknown === undefined ? 'nothing' : `'${unknown}'`;
  const description = `expected one or more of ${legal.join(', ')}; found ${what}`;
  throw new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
    legal,
  });
}

function expectFromOne(field: string, found: number): void {
  if (found >= 1) return;
  const description = `expected a number from 1, found ${found}`;
  throw new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
