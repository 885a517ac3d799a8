import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

/** HTTP/1.1 and HTTP/2 alike. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;

/** What the responses of HTTP/1.1 and HTTP/2 have in common; Node types them as strangers. */
export interface HttpResponse {
  readonly headersSent: boolean;
  readonly writableNeedDrain: boolean;
  readonly writableLength: number;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers?: OutgoingHttpHeaders): unknown;
  write(chunk: string | Uint8Array): boolean;
  end(): unknown;
  end(chunk: Uint8Array): unknown;
  once(event: 'close' | 'drain' | 'finish', listener: () => void): unknown;
}
