import { LOAD_LIMITS } from '../../packages/server/src/load/load-limits.ts';
import { settings } from '../../packages/server/src/settings.ts';
import { code, table } from './table.ts';

type Name = keyof typeof LOAD_LIMITS;

/** What each limit is for, and what happens beyond it. */
const MEANINGS = {
  connections: ['open connections', 'GOAWAY; 503 over HTTP/1.1'],
  connectionsPerAddress: ['open connections of one address', 'the same; raise it behind a proxy'],
  requests: [
    'requests in progress or waiting, without watches',
    'the connection with the most waiting requests loses its latest: RESOURCE_EXHAUSTED, 503',
  ],
  requestsPerConnection: ['requests of one connection in progress', 'others wait, unread'],
  streamsPerConnection: [
    'open requests of one connection',
    'HTTP/2 tells the client (SETTINGS); RESOURCE_EXHAUSTED, 503',
  ],
  watches: ['watches and other long-lived streams', 'RESOURCE_EXHAUSTED, 503'],
  watchesPerConnection: ['watches of one connection', 'RESOURCE_EXHAUSTED, 503'],
  heldBytes: [
    'bytes of unfinished requests and unread replies',
    'the connection with the most is closed: GOAWAY',
  ],
  idleSeconds: ['seconds without a request', 'GOAWAY without an error; HTTP/1.1 is closed'],
  requestSeconds: [
    'seconds for a request, a TLS handshake or a first request to arrive',
    'RESOURCE_EXHAUSTED, 408',
  ],
  replySeconds: [
    'seconds for a reply or a message of a stream to be read, and one more for every 64 KiB',
    'RST_STREAM with `ENHANCE_YOUR_CALM`; HTTP/1.1 is closed',
  ],
} as const satisfies Record<Name, readonly [string, string]>;

/** The limits of `createServer` that have an option and a variable. */
export function loadLimits(): string {
  const known = new Set(settings().map(({ name }) => name));
  const rows = (Object.keys(LOAD_LIMITS) as Name[]).map((name) => {
    const [what, beyond] = MEANINGS[name];
    const { byDefault, most } = LOAD_LIMITS[name];
    return [what, figure(byDefault), figure(most), code(name), code(variable(name, known)), beyond];
  });
  return table(['limit', 'default', 'at most', 'option', 'variable', 'beyond it'], rows);
}

/** `idleSeconds` is `BATON_IDLE_SECONDS`, `watches` is `BATON_MAX_WATCHES`. */
function variable(name: Name, known: ReadonlySet<string>): string {
  const words = name.replaceAll(/(?=[A-Z])/g, '_').toUpperCase();
  const found = [`BATON_${words}`, `BATON_MAX_${words}`].find((one) => known.has(one));
  if (found === undefined) throw new Error(`no variable sets the limit '${name}'`);
  return found;
}

function figure(value: number): string {
  const mebibytes = value / 1024 ** 2;
  if (Number.isInteger(mebibytes) && mebibytes >= 1) {
    return mebibytes >= 1024 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
  }
  return value.toLocaleString('en');
}
