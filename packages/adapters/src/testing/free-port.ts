import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Nodes of a Redis cluster also use the port 10,000 above their own. */
const HIGHEST = 55_000;

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    if (port < HIGHEST) return port;
  }
}
