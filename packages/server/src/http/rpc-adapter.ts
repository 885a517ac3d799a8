import { type ConnectRouter, createConnectRouter } from '@connectrpc/connect';
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import { MAX_MESSAGE_BYTES } from '../limits.ts';
import type { Log } from '../log.ts';
import type { HttpRequest } from './http-types.ts';
import { parseFirst } from './parse-first.ts';

type NodeResponse = Parameters<typeof universalResponseToNodeResponse>[1];

/**
 * Serves RPCs to Node's HTTP servers, as connect-node's own adapter does, which writes to the console
 * when a caller leaves. Returns whether the request was for an RPC.
 *
 * @throws Error for a request whose host is missing, or no host at all.
 */
export function createRpcAdapter(
  routes: (router: ConnectRouter) => void,
  log: Log,
): (request: HttpRequest, response: NodeResponse) => boolean {
  const router = createConnectRouter({
    readMaxBytes: MAX_MESSAGE_BYTES,
    acceptCompression: [compressionGzip, compressionBrotli],
  });
  routes(router);
  const handlers = new Map(
    router.handlers.map((handler) => [handler.requestPath, parseFirst(handler)]),
  );
  return (request, response) => {
    const handle = handlers.get(request.url?.split('?', 1)[0] ?? '');
    if (handle === undefined) return false;
    handle(universalRequestFromNodeRequest(request, response, undefined, undefined))
      .then((reply) => universalResponseToNodeResponse(reply, response))
      .catch((reason) => {
        // Handlers turn what they throw into answers: what is left is the connection's.
        log.debug('an answer did not reach its caller', {
          method: handle.method.name,
          reason: String(reason),
        });
        response.destroy();
      });
    return true;
  };
}
