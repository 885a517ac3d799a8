import { createConnectRouter, createContextValues } from '@connectrpc/connect';
import {
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import type { Admit } from '../access/guard.ts';
import { createInflating, type Inflated } from '../load/inflating.ts';
import type { Load } from '../load/load.ts';
import { WORK_ON_A_REQUEST } from '../load/scheduled-services.ts';
import type { Scheduler } from '../load/scheduler.ts';
import type { ServedService } from '../services.ts';
import { HttpError, type HttpRequest, sendProblem } from './answer.ts';
import { CONNECTION, CREDENTIALS, connectRoutes, type RpcOptions, readFirst } from './connect.ts';
import { credentialsOf } from './credentials.ts';
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
    readonly admit: Admit;
    readonly connectionOf: Load['of'];
    readonly scheduler: Scheduler;
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
      const { requestPath, allowedMethods } = handler;
      return [
        requestPath,
        { handle: readFirst(handler, input), allowed: allowedMethods.join(', ') },
      ];
    }),
  );
  const inflating = createInflating(options.mostInflated);
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const found = handlers.get(path);
    if (found === undefined) return false;
    const { handle, allowed } = found;
    const connection = options.connectionOf(request.socket);
    const credentials = credentialsOf(request);
    const values = createContextValues().set(CONNECTION, connection).set(CREDENTIALS, credentials);
    let inflated: Inflated | undefined;
    // Whatever becomes of the call.
    response.once('close', () => inflated?.leave());
    const entry = {
      admit: () => options.admit({ credentials }),
      async enterInflating() {
        inflated = await inflating.enter();
        return inflated;
      },
      turnToRead: (bytes: number) =>
        connection && options.scheduler.enter(connection, 'request', bytes * WORK_ON_A_REQUEST),
    };
    handle(universalRequestFromNodeRequest(request, response, undefined, values), entry)
      .then((reply) =>
        reply.body === undefined && reply.status >= 400
          ? sendProblem(request, response, refusal(reply.status, request, allowed), options.log)
          : universalResponseToNodeResponse(reply, response),
      )
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

/** What Connect answers with a status alone. */
function refusal(status: number, { url, method, headers }: HttpRequest, allow: string): HttpError {
  const path = url?.split('?', 1)[0];
  if (status === 405) {
    return new HttpError(405, `${path} does not know ${method}; it knows ${allow}`, { allow });
  }
  if (status === 415) {
    const type = headers['content-type'];
    const found = type === undefined ? 'none' : `'${type}'`;
    const message = `expected the content type of Connect, gRPC-Web or gRPC, found ${found}`;
    return new HttpError(415, `${message}: ${CONTENT_TYPES}`, { 'accept-post': CONTENT_TYPES });
  }
  return new HttpError(status, `${path} cannot be called like that`);
}

const CONTENT_TYPES = [
  ...['application/json', 'application/proto', 'application/connect+json'],
  ...['application/connect+proto', 'application/grpc', 'application/grpc-web'],
].join(', ');
