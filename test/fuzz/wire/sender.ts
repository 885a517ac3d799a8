import type { Sent } from '../sent.ts';
import { createGrpcConnection } from './grpc-connection.ts';
import { createHttpConnection } from './http-connection.ts';
import type { RawAnswer } from './raw-answer.ts';
import { portionOf, toWire } from './to-wire.ts';

/** Longer than any answer may take, deadlines and time limits of the server included. */
const LATE_MS = 30_000;

/** Sends one request after another, over a connection to each of the two ports. */
export interface Sender {
  send(sent: Sent): Promise<RawAnswer>;
  close(): void;
}

export function createSender(at: { grpcAddress: string; httpUrl: string }): Sender {
  const grpc = createGrpcConnection(at.grpcAddress);
  const { hostname, port } = new URL(at.httpUrl);
  const http = createHttpConnection(hostname, Number(port));
  return {
    send(sent) {
      const wire = toWire(sent);
      const portion = portionOf(sent, wire.body);
      const ending = {
        cut: sent.wrong?.cut?.how,
        cancelAfterMs: sent.cancelAfterMs,
        lateAfterMs: LATE_MS,
      };
      if (sent.protocol === 'grpc') return grpc.ask({ wire, portion, ...ending });
      const { chunked = false, wrong } = sent;
      return http.ask({ wire, portion, chunked, isOrderly: wrong === undefined, ...ending });
    },
    close() {
      grpc.close();
      http.close();
    },
  };
}
