import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { isFramed, type Sent } from '../sent.ts';
import { createHttpConnection } from './http-connection.ts';
import { createHttp2Connection } from './http2-connection.ts';
import type { Connection, RawAnswer } from './raw-answer.ts';
import { sendBytes } from './send-bytes.ts';
import { portionOf, toWire } from './to-wire.ts';

/** Longer than any answer may take, deadlines and time limits of the server included. */
const LATE_MS = 30_000;

/** Sends one request after another, over a connection of each kind. */
export interface Sender {
  send(sent: Sent): Promise<RawAnswer>;
  close(): void;
}

/** Where a server listens on this machine. */
interface Ports {
  readonly grpcPort: number;
  readonly httpPort: number;
}

export interface Destination extends Ports {
  /** With TLS; `ca` vouches for its certificate. */
  readonly secure?: Ports & { readonly ca: string };
}

type Way = 'grpc' | 'http' | 'grpc-tls' | 'http-tls' | 'h2';

const HOST = '127.0.0.1';

export function createSender(destination: Destination): Sender {
  const opened = new Map<Way, Connection>();
  const connectionFor = (way: Way): Connection => {
    const known = opened.get(way);
    if (known !== undefined) return known;
    const socket = () => open(destination, way);
    const made =
      way === 'http' || way === 'http-tls'
        ? createHttpConnection(socket)
        : createHttp2Connection(() =>
            connectHttp2(`http${way === 'grpc' ? '' : 's'}://localhost`, {
              createConnection: socket,
            }),
          );
    opened.set(way, made);
    return made;
  };
  return {
    send(sent) {
      const { wrong, cancelAfterMs, chunked = false } = sent;
      const way = wayOf(sent);
      if (wrong?.raw !== undefined) {
        const { bytes, handshake = false } = wrong.raw;
        const socket = handshake ? openTcp(portFor(destination, way)) : open(destination, way);
        return sendBytes(socket, Buffer.from(bytes, 'base64'));
      }
      const wire = toWire(sent);
      return connectionFor(way).ask({
        ...{ wire, portion: portionOf(sent, wire.body), chunked, isOrderly: wrong === undefined },
        ...{ cut: wrong?.cut?.how, cancelAfterMs, lateAfterMs: LATE_MS },
      });
    },
    close() {
      for (const connection of opened.values()) connection.close();
    },
  };
}

function wayOf(sent: Sent): Way {
  if (sent.over === 'h2') return 'h2';
  const way = isFramed(sent) ? 'grpc' : 'http';
  return sent.over === 'tls' ? `${way}-tls` : way;
}

function portFor({ grpcPort, httpPort, secure }: Destination, way: Way): number {
  if (way === 'grpc') return grpcPort;
  if (way === 'http') return httpPort;
  if (secure === undefined) throw new Error('a request with TLS, to a server without it');
  return way === 'grpc-tls' ? secure.grpcPort : secure.httpPort;
}

function open(destination: Destination, way: Way): Socket {
  const port = portFor(destination, way);
  if (way === 'grpc' || way === 'http') return openTcp(port);
  const ALPNProtocols = [way === 'http-tls' ? 'http/1.1' : 'h2'];
  const options = { host: HOST, port, servername: 'localhost', ALPNProtocols };
  return connectTls({ ...options, ca: destination.secure?.ca })
    .setNoDelay()
    .on('error', () => {});
}

const openTcp = (port: number): Socket =>
  connectTcp({ host: HOST, port, noDelay: true }).on('error', () => {});
