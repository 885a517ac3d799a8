import type { Socket } from 'node:net';
import { createHttpAnswerReader } from './http-answer.ts';
import type { Asked, Connection, RawAnswer } from './raw-answer.ts';
import type { Wire } from './to-wire.ts';

/**
 * HTTP/1.1 on a bare socket, one request after another: Node's own clients neither send what is wrong
 * nor are half as quick.
 */
export function createHttpConnection(open: () => Socket): Connection {
  let kept: Socket | undefined;

  async function ask(asked: Asked): Promise<RawAnswer> {
    const reused = kept;
    if (reused !== undefined) {
      kept = undefined;
      const answer = await exchange(reused, asked);
      // The server may close a connection that is only kept, at any time.
      if (answer.outcome !== 'closed' || answer.status !== 0) return answer;
    }
    return exchange(open(), asked);
  }

  function exchange(socket: Socket, asked: Asked): Promise<RawAnswer> {
    const { wire, portion, chunked, isOrderly, cut, cancelAfterMs, lateAfterMs } = asked;
    const reader = createHttpAnswerReader(wire.verb === 'HEAD');
    return new Promise((resolve) => {
      const timers: NodeJS.Timeout[] = [];
      const finish = (outcome: RawAnswer['outcome']) => {
        for (const timer of timers) clearTimeout(timer);
        socket.removeAllListeners('data').removeAllListeners('close');
        const { found } = reader;
        const isOver = cut !== undefined || found.headers['connection'] === 'close';
        if (outcome === 'answered' && isOrderly && !isOver && !socket.destroyed) kept = socket;
        else socket.destroy();
        resolve({ outcome, ...found });
      };
      socket.on('data', (chunk) => {
        if (reader.add(chunk)) finish('answered');
      });
      socket.on('close', () => finish(reader.isWholeAtEnd() ? 'answered' : 'closed'));
      timers.push(setTimeout(() => finish('late'), lateAfterMs));
      if (cancelAfterMs !== undefined) {
        timers.push(setTimeout(() => finish('cancelled'), cancelAfterMs));
      }
      socket.cork();
      socket.write(head(wire, chunked), 'latin1');
      if (portion.length > 0) socket.write(chunked ? chunkOf(portion) : portion);
      if (chunked && cut === undefined) socket.write('0\r\n\r\n');
      socket.uncork();
      if (cut === 'end') socket.end();
      else if (cut === 'destroy') {
        // What was written is on its way before the connection is cut.
        setImmediate(() => finish('cancelled'));
      }
    });
  }

  return { ask, close: () => kept?.destroy() };
}

function head({ verb, path, headers, body }: Wire, chunked: boolean): string {
  const all: Record<string, string> = { ...headers };
  if (chunked) all['transfer-encoding'] = 'chunked';
  else if (verb !== 'GET' || body.length > 0) all['content-length'] ??= String(body.length);
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${verb} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function chunkOf(bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ]);
}
