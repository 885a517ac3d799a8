import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export const STREAM = { 'content-type': 'text/event-stream' };

/** A provider that answers as it is told, and goes with the test; resolves with its base URL. */
export async function scriptedProvider(
  answer: (response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer((_, response) => void answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

export const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
