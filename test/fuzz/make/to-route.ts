import type { DescField, DescMethod, JsonObject, JsonValue } from '@bufbuild/protobuf';
import { ROUTES } from '../../../packages/server/src/http/routes.ts';

/** A call as one of the plain HTTP+JSON routes has it. */
export interface Routed {
  /** With the query. */
  readonly path: string;
  /** Undefined for GET. */
  readonly body: JsonObject | undefined;
}

/** Undefined where no route can say it: no route, or a value that has no place in a path or query. */
export function toRoute(method: DescMethod, value: JsonObject): Routed | undefined {
  const route = ROUTES.find(({ rpc }) => rpc === method);
  if (route === undefined) return undefined;
  const rest: { [name: string]: JsonValue } = { ...value };
  const segments: string[] = [];
  for (const segment of route.path.split('/')) {
    if (!segment.startsWith('{')) {
      segments.push(segment);
      continue;
    }
    const field = method.input.fields.find(({ name }) => name === segment.slice(1, -1));
    const found = field && rest[field.jsonName];
    if (field === undefined || typeof found !== 'string') return undefined;
    if (found === '' || !fitsText(found)) return undefined;
    delete rest[field.jsonName];
    segments.push(encodeURIComponent(found));
  }
  const path = segments.join('/');
  if (route.fields === 'body') return { path, body: rest };
  const query = new URLSearchParams();
  for (const [name, one] of Object.entries(rest)) {
    const field = method.input.fields.find(({ jsonName }) => jsonName === name);
    if (!fitsQuery(field, one)) return undefined;
    query.set(name, String(one));
  }
  return { path: query.size === 0 ? path : `${path}?${query}`, body: undefined };
}

/** Node takes no more than 16 KiB of headers, the path among them. */
const fitsText = (text: string): boolean => text.isWellFormed() && text.length < 1500;

/** In a query all is text, so that only what means the same as text can be said there. */
function fitsQuery(field: DescField | undefined, value: JsonValue): boolean {
  if (typeof value === 'string') return fitsText(value);
  if (field?.fieldKind !== 'scalar') return false;
  if (typeof value === 'boolean') return field.scalar === 8;
  return typeof value === 'number' && field.scalar !== 9 && field.scalar !== 8;
}
