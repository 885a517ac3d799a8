import { expect, it } from 'vitest';
import { createRandom } from '../chaos/random.ts';
import { startServer } from '../interop/start-server.ts';
import { ask } from './ask.ts';
import { createFlow } from './make/flow.ts';
import { nameOf, streams } from './sent.ts';
import { createSender, type Destination } from './wire/sender.ts';

/** Sends what a flow asks for until it ends, and nothing else; tells of the end and of what was cancelled. */
async function walk(at: Destination, seed: number) {
  const flow = createFlow(createRandom(seed), `f${seed}`);
  const sender = createSender(at);
  let cancelled = 0;
  while (flow.ending() === undefined) {
    const call = flow.next();
    const body = Buffer.from(JSON.stringify(call.value)).toString('base64');
    const { reply } = await ask(sender, {
      ...{ method: nameOf(call.method), protocol: 'connect', encoding: 'json', body },
      ...{ compression: 'identity', timeoutMs: streams(call.method) ? 20 : 5000 },
    });
    if (reply !== undefined) {
      flow.observe(call, reply);
      if (call.method.name === 'CancelWorkflow') cancelled++;
    } else if (!streams(call.method)) flow.doubt();
  }
  sender.close();
  return { ending: flow.ending(), cancelled };
}

it('workflows get to complete by valid requests, whatever is sent back on the way', async () => {
  const at = await startServer();
  const walks = [];
  for (let seed = 1; seed <= 12; seed++) walks.push(await walk(at, seed));
  expect(walks.map(({ ending }) => ending)).toEqual(walks.map(() => 'complete'));
  expect(walks.some(({ cancelled }) => cancelled > 0)).toBe(true);
});
