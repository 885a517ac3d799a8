import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { createLog } from '@baton/server';
import { describe, expect, it } from 'vitest';
import { startServer } from './start-server.ts';

const MIB = 1024 * 1024;
const path = '/api/workflows/shop/start';

/** Sends `mib` MiB to the start route, over a connection that is kept. */
async function post(port: number, agent: Agent, mib: number, headers: Record<string, string> = {}) {
  const call = request({
    ...{ host: '127.0.0.1', port, path, method: 'POST', agent },
    headers: { 'content-type': 'application/json', ...headers },
  });
  // The server may refuse before it has read the body. Later writes then fail.
  call.on('error', () => {});
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  const piece = Buffer.alloc(MIB, 'x');
  let isAnswered = false;
  answered.then(() => {
    isAnswered = true;
  });
  for (let sent = 0; sent < mib && !isAnswered; sent++) {
    if (!call.write(piece)) await Promise.race([once(call, 'drain'), answered]);
  }
  call.end();
  const [response] = await answered;
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, connection: response.headers.connection, text };
}

describe('a body that is too large', () => {
  it.each([
    ['by its length', { 'content-length': String(40 * MIB) }],
    ['in pieces', {}],
  ])('is refused, %s, and a connection that cannot go on is closed', async (_how, headers) => {
    const { httpPort } = await startServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const refused = await post(httpPort, agent, 40, headers);
    expect(refused).toMatchObject({ status: 413, connection: 'close' });
    expect(JSON.parse(refused.text)).toMatchObject({ status: 413 });
    expect(await post(httpPort, agent, 0)).toMatchObject({ status: 400, connection: 'keep-alive' });
    agent.destroy();
  });

  it('is read away where that is little, and its connection goes on', async () => {
    const { httpPort } = await startServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const refused = await post(httpPort, agent, 8);
    expect(refused).toMatchObject({ status: 413, connection: 'keep-alive' });
    expect(await post(httpPort, agent, 0)).toMatchObject({ status: 400 });
    agent.destroy();
  });
});

it('a caller who leaves in the middle of a body is no bug in Baton', async () => {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', write: (line) => lines.push(line) });
  const { httpPort, stop } = await startServer({ log, drainSeconds: 5 });
  const socket = connectTcp(httpPort, '127.0.0.1');
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json`;
  socket.write(`${head}\r\ncontent-length: 1000\r\n\r\n{"buildId":`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  await stop();
  expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
