import { createConnectRouter, createContextValues } from '@connectrpc/connect';
import {
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import { createInflating, type Inflated } from '../load/inflating.ts';
import type { Load } from '../load/load.ts';
import type { Pace } from '../load/pace.ts';
import { WORK_ON_A_REQUEST } from '../load/paced.ts';
import type { ServedService } from '../services.ts';
import { CONNECTION, connectRoutes, type RpcOptions } from './connect.ts';
import { readFirst } from './hand-to-connect.ts';
import type { HttpRequest } from './http-types.ts';
import { COMPRESSIONS } from './read-rpc.ts';

type NodeResponse = Parameters<typeof universalResponseToNodeResponse>[1];

/**
 * Serves RPCs to Node's HTTP servers, as connect-node's own adapter does, which writes to the console
 * when a caller leaves. Returns whether the request was for an RPC.
 *
 * @throws Error for a request whose host is missing, or no host at all.
 */
export function createRpcAdapter(
  services: readonly ServedService[],
  options: RpcOptions & {
    readonly connectionOf: Load['of'];
    readonly pace: Pace;
    /** Bytes that inflated messages may take together. */
    readonly mostInflated: number;
  },
): (request: HttpRequest, response: NodeResponse) => boolean {
  const router = createConnectRouter({ acceptCompression: COMPRESSIONS });
  connectRoutes(services, options)(router);
  const methods = services.flatMap(({ service }) => service.methods);
  const inputs = new Map(
    methods.map(({ parent, name, input }) => [`/${parent.typeName}/${name}`, input]),
  );
  const handlers = new Map(
    router.handlers.map((handler) => {
      const input = inputs.get(handler.requestPath);
      if (input === undefined) throw new Error(`${handler.requestPath} is no method of ours`);
      return [handler.requestPath, readFirst(handler, input)];
    }),
  );
  const inflating = createInflating(options.mostInflated);
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const handle = handlers.get(path);
    if (handle === undefined) return false;
    const connection = options.connectionOf(request.socket);
    const values = createContextValues().set(CONNECTION, connection);
    let inflated: Inflated | undefined;
    // Whatever becomes of the call.
    response.once('close', () => inflated?.leave());
    const inflation = {
      async enterInflating() {
        inflated = await inflating.enter();
        return inflated;
      },
      turnToRead: (bytes: number) =>
        connection && options.pace.enter(connection, 'request', bytes * WORK_ON_A_REQUEST),
    };
    handle(universalRequestFromNodeRequest(request, response, undefined, values), inflation)
      .then((reply) => universalResponseToNodeResponse(reply, response))
      .catch((reason) => {
        // Handlers turn what they throw into answers: what is left is the connection's.
        options.log.debug('an answer did not reach its caller', {
          method: path,
          reason: String(reason),
        });
        response.destroy();
      });
    return true;
  };
}
