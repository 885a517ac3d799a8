import { refuseNonHolder, refuseStale } from '../machine/guards.ts';
import type { Kernel } from './kernel.ts';
import { load } from './mutate.ts';
import { type ReportProgressRequest, reportProgressRequest } from './requests.ts';
import { validate } from './validate.ts';

/** Passes on what a role says to whoever watches the workflow here. Nothing is kept. */
export async function reportProgress(
  kernel: Kernel,
  request: ReportProgressRequest,
): Promise<void> {
  const { workflowId, claimToken, messages } = validate(
    reportProgressRequest,
    request,
    'the progress report',
  );
  const now = kernel.options.clock.now();
  const cached = kernel.cache.get(workflowId);
  const snapshot = cached ?? (await load(kernel, workflowId)).snapshot;
  const spoken = { expectedRevision: undefined, expectedEpoch: undefined, claimToken };
  const refused = refuseStale(snapshot, spoken) ?? refuseNonHolder(snapshot, claimToken, now);
  if (refused !== undefined) throw refused;
  const { state, role = '', attempt } = snapshot;
  for (const message of messages) {
    kernel.hints.progressed({ workflowId, state, role, attempt, message, at: now });
  }
}
