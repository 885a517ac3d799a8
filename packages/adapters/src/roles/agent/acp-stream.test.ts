import type { AnyMessage } from '@agentclientprotocol/sdk';
import { expect, it } from 'vitest';
import { heardStream } from './acp-stream.ts';

const SAID = [
  { jsonrpc: '2.0', id: '\u001b[31mred', result: {} },
  { jsonrpc: '2.0', id: 7, result: {} },
  { jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'parse error' } },
  { neither: 'of both' },
  { jsonrpc: '2.0', method: 'session/update', params: { update: { sessionUpdate: 'new' } } },
  { jsonrpc: '2.0', method: 'session/update', params: null },
];
const TAKEN = [
  { jsonrpc: '2.0', id: 0, result: { protocolVersion: 1 } },
  { jsonrpc: '2.0', id: 'p', method: 'session/request_permission', params: {} },
  { jsonrpc: '2.0', method: 'session/update', params: { update: { sessionUpdate: 'plan' } } },
];

it('what an agent says that was not asked for and is not known is not heard', async () => {
  const written: AnyMessage[] = [];
  const { readable, writable } = heardStream({
    readable: ReadableStream.from([...SAID, ...TAKEN, TAKEN[0]]) as ReadableStream<AnyMessage>,
    writable: new WritableStream({ write: (message) => void written.push(message) }),
  });
  const question = { jsonrpc: '2.0', id: 0, method: 'initialize' } as const;
  const writer = writable.getWriter();
  await writer.write(question);
  await writer.close();
  const heard: unknown[] = [];
  for await (const message of readable) heard.push(message);
  expect(heard).toEqual(TAKEN);
  expect(written).toEqual([question]);
});
