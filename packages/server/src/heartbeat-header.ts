/**
 * On streams: seconds after which a quiet one sends a heartbeat. A client that has heard nothing for a few of
 * them knows that the connection is dead.
 */
export const HEARTBEAT_HEADER = 'baton-heartbeat-seconds';

export function heartbeatSeconds(heartbeatMs: number): string {
  return String(heartbeatMs / 1000);
}
