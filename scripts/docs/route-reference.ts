import type { DescMessage } from '@bufbuild/protobuf';
import { ROUTES } from '../../packages/server/src/http/routes.ts';
import { code, table } from './table.ts';

/** The plain HTTP+JSON routes. */
export function routeReference(): string {
  const rows = ROUTES.map(({ method, path, rpc, fields, answer }) => [
    code(`${method} ${path}`),
    `[${rpc.name}](proto.md#${rpc.parent.name.toLowerCase()})`,
    linkTo(rpc.input),
    fields,
    { json: linkTo(rpc.output), events: 'server-sent events', content: 'the content' }[answer],
  ]);
  return table(['route', 'RPC', 'request', 'other fields in the', 'answer'], rows);
}

function linkTo({ name }: DescMessage): string {
  return `[${name}](proto.md#${name.toLowerCase()})`;
}
