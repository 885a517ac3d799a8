import { BatonError, type Orchestrator } from '@baton/core';

/** A report of a worker, and what became of it. */
export interface Report {
  readonly kind: 'advance' | 'requestRetry' | 'ask' | 'failAttempt';
  readonly workflowId: string;
  readonly claimToken: string | undefined;
  readonly requestId: string | undefined;
  /** The code that it was refused with; undefined when it was accepted. */
  readonly refusal: string | undefined;
}

/** What goes wrong on purpose between workers and what serves them. */
export interface Faults {
  /** Called once a report was accepted; what it throws is the answer. */
  afterReport?: ((report: Report) => void) | undefined;
  /** Called before work goes to the worker that it was claimed for; what it throws is the answer. */
  beforeDelivery?: (() => void) | undefined;
  /** Called in place of a renewal. */
  renew?: (<R>(perform: () => Promise<R>) => Promise<R>) | undefined;
  /** Whether workers are not told that a claim was withdrawn. */
  hidesWithdrawals?: boolean | undefined;
}

type Named = Partial<Pick<Report, 'claimToken' | 'requestId'>> & Pick<Report, 'workflowId'>;

/** What a caller gets whose answer is lost on the way. */
export function lost(): BatonError {
  return new BatonError(
    'unavailable',
    'the answer was lost, on purpose: this server tests workers',
  );
}

/** The same operations for workers, with faults; what workers report is added to `reports`. */
export function observed(baton: Orchestrator, reports: Report[], faults: Faults): Orchestrator {
  async function reported<R>(
    kind: Report['kind'],
    { workflowId, claimToken, requestId }: Named,
    perform: () => Promise<R>,
  ): Promise<R> {
    const note = (refusal?: string): Report => {
      const report = { kind, workflowId, claimToken, requestId, refusal };
      reports.push(report);
      return report;
    };
    const reply = await perform().catch((reason) => {
      note(BatonError.from(reason).code);
      throw reason;
    });
    const report = note();
    faults.afterReport?.(report);
    return reply;
  }

  async function delivered<R>(perform: () => Promise<R>): Promise<R> {
    const work = await perform();
    const isWork = !Array.isArray(work) || work.length > 0;
    if (isWork) faults.beforeDelivery?.();
    return work;
  }

  const renewed = <R>(perform: () => Promise<R>): Promise<R> =>
    faults.renew === undefined ? perform() : faults.renew(perform);

  return {
    ...baton,
    advance: (request) => reported('advance', request, () => baton.advance(request)),
    requestRetry: (request) => reported('requestRetry', request, () => baton.requestRetry(request)),
    ask: (request) => reported('ask', request, () => baton.ask(request)),
    failAttempt: (request) => reported('failAttempt', request, () => baton.failAttempt(request)),
    renewClaim: (request) => renewed(() => baton.renewClaim(request)),
    renewClaims: (request) => renewed(() => baton.renewClaims(request)),
    claim: (request) => delivered(() => baton.claim(request)),
    pollWork: (request, signal) => delivered(() => baton.pollWork(request, signal)),
    async *takeWork(request, signal) {
      for await (const work of baton.takeWork(request, signal)) {
        if (work.kind === 'withdrawn' && faults.hidesWithdrawals) continue;
        if (work.kind === 'assignment') faults.beforeDelivery?.();
        yield work;
      }
    },
  };
}
