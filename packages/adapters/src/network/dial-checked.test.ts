import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { isForbiddenAddress } from './addresses.ts';
import { dialChecked } from './dial-checked.ts';

/** A server on loopback; its port, and how many came. */
async function listening() {
  let came = 0;
  const server = createServer((socket) => {
    came++;
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { port, came: () => came };
}

const refuses = (address: string) => isForbiddenAddress(address, []);
const signal = new AbortController().signal;

it('connects to exactly the addresses that it has checked, whatever the name says next', async () => {
  const { port, came } = await listening();
  const answers = [['127.0.0.1', '203.0.113.7'], ['203.0.113.7']];
  const options = { lookup: async () => answers.shift() ?? [], signal };
  const socket = await dialChecked('rebound.test', port, {
    ...options,
    refuses: (address) => address !== '127.0.0.1',
  });
  onTestFinished(() => void socket.destroy());
  expect(socket.remoteAddress).toBe('127.0.0.1');
  expect(answers).toHaveLength(1);
  await expect.poll(came).toBe(1);
});

it.each([
  ['a name that leads there', 'metadata.test', ['169.254.169.254']],
  ['IPv4 in IPv6', 'mapped.test', ['::ffff:127.0.0.1']],
  ['the address itself', '127.0.0.1', []],
])('refuses an address: %s', async (_name, host, addresses) => {
  const { port, came } = await listening();
  const lookup = async () => addresses;
  await expect(dialChecked(host, port, { lookup, refuses, signal })).rejects.toThrow(
    /^it leads to (169\.254\.169\.254|127\.0\.0\.1)$/,
  );
  expect(came()).toBe(0);
});

it('says that a name has no address, and that it was not resolved in time', async () => {
  const none = dialChecked('none.test', 1, { lookup: async () => [], refuses, signal });
  await expect(none).rejects.toThrow('its name has no address');
  const slow = dialChecked('slow.test', 1, {
    lookup: () => new Promise(() => {}),
    refuses,
    signal: AbortSignal.timeout(1),
  });
  await expect(slow).rejects.toThrow('its name was not resolved in time');
});
