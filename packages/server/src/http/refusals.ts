import type { StreamRefusal } from '../load/bounded-streams.ts';
import type { Log } from '../log.ts';
import { HttpError, toProblem } from './problem.ts';

/** What was refused for the load may be asked again soon. */
export const RETRY = { 'retry-after': '1' } as const;

const STATUS = { 'too many': 503, 'too slow': 408 } as const;

/** Refusals of a flood over HTTP/2 are alike, and cost more to make than to send. */
export function createRefusals(
  log: Log,
): (reason: string, why: keyof typeof STATUS) => StreamRefusal {
  let latest: (StreamRefusal & { readonly reason: string; readonly why: string }) | undefined;
  return (reason, why) => {
    if (latest?.reason === reason && latest.why === why) return latest;
    const { problem, headers } = toProblem(new HttpError(STATUS[why], reason, RETRY), log);
    const body = Buffer.from(JSON.stringify(problem));
    latest = {
      ...{ reason, why, body },
      headers: {
        ...{ ':status': problem.status, 'content-type': 'application/problem+json' },
        ...{ 'content-length': body.length, ...headers },
      },
    };
    return latest;
  };
}
