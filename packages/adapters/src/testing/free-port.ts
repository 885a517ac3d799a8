import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below those that a system gives where any port will do, such as to each connection that is made: one of these would be
 * taken before the test comes to use it. Nodes of a Redis cluster also use the port 10,000 above their own.
 */
const LOWEST = 10_000;
const HIGHEST = 22_000;

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    const probe = createServer();
    const listening = once(probe.listen(port, '127.0.0.1'), 'listening');
    const isFree = await listening.then(
      () => true,
      () => false,
    );
    probe.close();
    if (!isFree) continue;
    await once(probe, 'close');
    return port;
  }
}
