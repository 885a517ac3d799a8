import { randomBytes } from 'node:crypto';

/** On requests and on their answers, over HTTP and gRPC: what the lines of the log name a request by. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** What is safe in a header, in a line of a log and in a query. */
const LEGAL = /^[\w.:/+=@-]{1,128}$/;

/** Random for each process, then counted: no two requests have the same. */
const origin = randomBytes(9).toString('base64url');
let requests = 0;

/** The id that a caller gave its request; one that is made up, where it gave none or none that is legal. */
export function requestIdOf(given: string | readonly string[] | undefined): string {
  if (typeof given === 'string' && LEGAL.test(given)) return given;
  requests += 1;
  return `${origin}-${requests.toString(36)}`;
}
