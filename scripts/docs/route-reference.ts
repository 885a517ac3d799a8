import { ROUTES } from '../../packages/server/src/http/routes.ts';
import { code, table } from './table.ts';

/** The plain HTTP+JSON routes. */
export function routeReference(): string {
  const rows = ROUTES.map(({ method, path, rpc, fields }) => [
    code(`${method} ${path}`),
    `[${rpc.name}](proto.md#workflowservice)`,
    `[${rpc.input.name}](proto.md#${rpc.input.name.toLowerCase()})`,
    fields,
    rpc.methodKind === 'server_streaming'
      ? 'server-sent events'
      : `[${rpc.output.name}](proto.md#${rpc.output.name.toLowerCase()})`,
  ]);
  return table(['route', 'RPC', 'request', 'other fields in the', 'answer'], rows);
}
