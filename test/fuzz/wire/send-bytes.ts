import type { Socket } from 'node:net';
import { createHttpAnswerReader } from './http-answer.ts';
import type { RawAnswer } from './raw-answer.ts';

/** A server that says nothing waits for more, as it may. */
const QUIET_MS = 40;
/** For a connection and a handshake on a busy machine. */
const OPENING_MS = 5000;

/** Sends bytes as they are, and waits for an answer of HTTP/1.1, the end of the connection, or for a while. */
export function sendBytes(socket: Socket, bytes: Buffer): Promise<RawAnswer> {
  const reader = createHttpAnswerReader(false);
  return new Promise((resolve) => {
    const finish = (outcome: RawAnswer['outcome']) => {
      clearTimeout(timer);
      socket.removeAllListeners('data').removeAllListeners('close').destroy();
      resolve({ outcome, ...reader.found });
    };
    const leaveAfter = (ms: number) => setTimeout(() => finish('cancelled'), ms);
    let timer = leaveAfter(OPENING_MS);
    socket.on('close', () => finish(reader.isWholeAtEnd() ? 'answered' : 'closed'));
    socket.on('data', (chunk) => {
      timer.refresh();
      if (reader.add(chunk)) finish('answered');
    });
    socket.write(bytes, () => {
      clearTimeout(timer);
      if (!socket.destroyed) timer = leaveAfter(QUIET_MS);
    });
  });
}
