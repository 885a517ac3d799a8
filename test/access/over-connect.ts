import { type DescMethod, fromJson, type Message } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import type { Caller } from './situations.ts';

/** RPCs by connect-es, over whichever protocol. */
export function overConnect(transportOf: (headers: Record<string, string>) => Transport): Caller {
  return async ({ method }, request, token) => {
    const transport = transportOf(token === undefined ? {} : { authorization: `Bearer ${token}` });
    const client = createClient(method.parent, transport) as unknown as Record<
      string,
      (message: Message, options: object) => unknown
    >;
    const left = new AbortController();
    try {
      const reply = client[method.localName]?.(message(method, request), { signal: left.signal });
      if (method.methodKind === 'unary') await reply;
      else for await (const _ of reply as AsyncIterable<unknown>) break;
      return 'ok';
    } catch (reason) {
      return nameOf(ConnectError.from(reason).code);
    } finally {
      left.abort();
    }
  };
}

/** `PermissionDenied` as `permission_denied`. */
function nameOf(code: Code): string {
  return (Code[code] ?? '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
}

function message(method: DescMethod, request: object): Message {
  return fromJson(method.input, request as never);
}
