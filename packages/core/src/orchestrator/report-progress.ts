import { refuseNonHolder, refuseStale } from '../machine/guards.ts';
import type { BatonError } from '../model/errors.ts';
import { type ReportProgressRequest, reportProgressRequest } from '../model/requests.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import { validate } from './validate.ts';

/** Passes what a role says to the watchers of the workflow in this process. Nothing is stored. */
export async function reportProgress(
  context: OrchestratorContext,
  request: ReportProgressRequest,
): Promise<void> {
  const { workflowId, claimToken, messages } = validate(
    reportProgressRequest,
    request,
    'the progress report',
  );
  const now = context.options.clock.now();
  const spoken = { expectedRevision: undefined, expectedEpoch: undefined, claimToken };
  const refusal = (one: WorkflowSnapshot): BatonError | undefined =>
    refuseStale(one, spoken) ?? refuseNonHolder(one, claimToken, now);
  let snapshot = context.cache.get(workflowId);
  // A cached snapshot may be older than the claim: what is refused, the store has to say.
  if (snapshot === undefined || refusal(snapshot) !== undefined) {
    ({ snapshot } = await load(context, workflowId));
    const refused = refusal(snapshot);
    if (refused !== undefined) throw refused;
  }
  const { state, role = '', attempt } = snapshot;
  for (const message of messages) {
    context.notifier.progressed({ workflowId, state, role, attempt, message, at: now });
  }
}
