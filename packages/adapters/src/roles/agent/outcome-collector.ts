import type { Assignment, Outcome, RoleContext } from '@baton/core';
import { createCorrectionBudget } from '../llm/correction-budget.ts';
import type { OutcomeTools } from '../llm/outcome-tools.ts';
import { type OutcomeReview, violationsOf } from '../review/outcome-review.ts';

export interface CollectorOptions {
  readonly assignment: Assignment;
  readonly context: RoleContext;
  readonly outcomes: OutcomeTools;
  readonly reviews: readonly OutcomeReview[];
  /** How often the agent may correct an answer. */
  readonly maxCorrections: number;
  /** Aborts when the attempt is over. */
  readonly signal: AbortSignal;
}

/** Takes what an agent hands over, however it does so: the first answer that holds is its outcome. */
export interface OutcomeCollector {
  /**
   * Takes the arguments of an outcome.
   *
   * @returns what is wrong with it, a sentence each; none: it is accepted.
   */
  take(kind: string, input: unknown): Promise<readonly string[]>;
  /** Counts a turn that ended without an answer. */
  ended(): void;
  /** The accepted outcome; undefined: none yet. */
  outcome(): Outcome | undefined;
  /** Resolves when an outcome is accepted; rejects when there were too many corrections. */
  readonly settled: Promise<void>;
}

export function createOutcomeCollector(options: CollectorOptions): OutcomeCollector {
  const { assignment, context, outcomes, reviews, maxCorrections, signal } = options;
  const corrections = createCorrectionBudget(assignment, maxCorrections);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // It is looked at when the conversation has ended, too.
  promise.catch(() => {});
  let accepted: Outcome | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function count(violations: readonly string[]): void {
    try {
      corrections.refused(violations);
    } catch (reason) {
      reject(reason);
    }
  }

  async function takeOne(kind: string, input: unknown): Promise<readonly string[]> {
    if (signal.aborted) return ['this attempt is over; end your turn'];
    if (accepted !== undefined) return ['an outcome was handed over before; end your turn'];
    const reading = outcomes.read(kind, input);
    const violations =
      reading.kind === 'violations'
        ? reading.violations
        : await violationsOf(reviews, reading.outcome, assignment, context);
    // A review takes its time.
    if (signal.aborted) return ['this attempt is over; end your turn'];
    if (violations.length > 0) {
      count(violations);
      return violations;
    }
    if (reading.kind === 'outcome') accepted = reading.outcome;
    resolve();
    return [];
  }

  return {
    take(kind, input) {
      // One at a time: two answers at once must not both be the first.
      const taking = last.then(() => takeOne(kind, input));
      last = taking.catch(() => {});
      return taking;
    },
    ended: () => count(['the turn ended without an outcome']),
    outcome: () => accepted,
    settled: promise,
  };
}

/** What an agent is told of an answer that is not accepted. */
export function notAccepted(violations: readonly string[]): string {
  return `Not accepted. Correct this and hand over again:\n${violations.map((one) => `- ${one}`).join('\n')}`;
}

/** An outcome that an agent wrote in its message: its kind, and what the outcome's tool would have got. */
export interface WrittenOutcome {
  readonly kind: string;
  readonly input: unknown;
}

const KINDS: ReadonlySet<string> = new Set<Outcome['kind']>([
  'advance',
  'ask',
  'fail',
  'request_retry',
]);

const FENCED = /```(?:json)?\s*\n([\s\S]*?)```/g;

/**
 * The outcome that the last JSON object of a message is, for agents that cannot be given tools: `{"kind": "advance",
 * "result": {…}}` and the like. Undefined: there is none.
 */
export function readLastMessage(
  text: string,
  { wrapsResult }: Pick<OutcomeTools, 'wrapsResult'>,
): WrittenOutcome | undefined {
  const fenced = [...text.matchAll(FENCED)].map(([, json = '']) => json).reverse();
  const bare = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  for (const json of [...fenced, bare]) {
    const found = parsed(json);
    if (found === undefined || !KINDS.has(String(found['kind']))) continue;
    const { kind, ...rest } = found;
    const isResult = kind === 'advance' && !wrapsResult;
    return { kind: String(kind), input: isResult ? rest['result'] : rest };
  }
  return undefined;
}

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
