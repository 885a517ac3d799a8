import { createHash } from 'node:crypto';

/**
 * Names an event to receivers, the same for ever: 26 characters that fit into any header. Workflow ids may hold what
 * headers, and the dots of a signed text, do not take.
 */
export function eventId(workflowId: string, sequence: number): string {
  const digest = createHash('sha256').update(`${sequence} ${workflowId}`).digest('base64url');
  return `evt_${digest.slice(0, 22)}`;
}
