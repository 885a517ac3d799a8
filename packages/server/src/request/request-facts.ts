import { parseTraceparent } from '@baton/core/internal';
import type { Log } from '../log.ts';

/** What names one request: in the log, in its answer and in traces. */
export interface RequestFacts {
  readonly id: string;
  /** The header of W3C Trace Context as it came. */
  readonly traceparent?: string | undefined;
}

/** The same for a line of the log. */
export function namesOf(request: RequestFacts | undefined): Readonly<Record<string, string>> {
  if (request === undefined) return {};
  const { id, traceparent } = request;
  const trace = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  return { requestId: id, ...trace };
}

/** The same log, with the names of a request in each error. */
export function logOf(request: RequestFacts, log: Log): Log {
  return {
    ...log,
    error: (message, facts) => log.error(message, { ...namesOf(request), ...facts }),
  };
}
