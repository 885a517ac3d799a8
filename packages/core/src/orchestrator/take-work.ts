import {
  type PollWorkRequest,
  pollWorkRequest,
  type TakeWorkRequest,
  takeWorkRequest,
} from '../model/requests.ts';
import type { ClaimedAssignment, TakenWork } from '../model/views.ts';
import { knownClaim } from './claims.ts';
import type { OrchestratorContext } from './context.ts';
import type { Matching } from './matching.ts';
import { claimTerms } from './take-next.ts';
import { validate } from './validate.ts';

/** Claims work for a worker as it comes, until its signal aborts or its reader ends. */
export async function* takeWork(
  context: OrchestratorContext,
  matching: Matching,
  request: TakeWorkRequest,
  signal?: AbortSignal,
  onOpen?: () => void,
): AsyncGenerator<TakenWork, void, undefined> {
  const body = validate(takeWorkRequest, request, 'the request to take work');
  const { options } = context;
  await options.clockReady();
  // Who holds a workflow is told of it, and nobody else: what a worker says of that is not believed.
  const holds = await Promise.all(
    body.holding.map(async (one) => (await knownClaim(context, one))?.token === one.token),
  );
  if (signal?.aborted) return;
  const leaseMs = Math.min(...body.offers.map((offer) => offer.leaseMs));
  const expiresAt = options.clock.now() + leaseMs;
  const { stream } = matching.register({
    offers: body.offers.map(claimTerms),
    capacity: body.capacity,
    workflowId: body.workflowId,
    holding: body.holding.flatMap((one, i) => (holds[i] ? [{ ...one, expiresAt }] : [])),
  });
  for (const [i, { workflowId, token }] of body.holding.entries()) {
    if (!holds[i]) stream.push({ kind: 'withdrawn', workflowId, claimToken: token });
  }
  const end = (): void => stream.end();
  signal?.addEventListener('abort', end, { once: true });
  try {
    onOpen?.();
    yield* stream;
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}

/**
 * Claims an assignment for a worker: as soon as there is one, or until the time is over. One alone: with all its
 * payloads, another might not fit into what a client can receive.
 */
export async function pollWork(
  { options }: OrchestratorContext,
  matching: Matching,
  request: PollWorkRequest,
  signal?: AbortSignal,
): Promise<readonly ClaimedAssignment[]> {
  const body = validate(pollWorkRequest, request, 'the request to poll for work');
  await options.clockReady();
  const { waitMs, workflowId } = body;
  const offers = body.offers.map(claimTerms);
  const { stream } = matching.register({ offers, capacity: 1, workflowId, holding: [] });
  const end = (): void => stream.end();
  const cancel = options.clock.schedule(waitMs, end);
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  try {
    for await (const work of stream) {
      if (work.kind === 'trouble' && work.workflowId === undefined) throw work.error;
      if (work.kind === 'assignment') return [{ claim: work.claim, assignment: work.assignment }];
    }
    return [];
  } finally {
    cancel();
    signal?.removeEventListener('abort', end);
    end();
  }
}
