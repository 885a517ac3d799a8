import { BatonError } from '@baton/core';
import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
} from '@bufbuild/protobuf';
import type { HttpRequest } from './http-types.ts';
import type { Match } from './match-route.ts';
import { readJsonBody } from './read-body.ts';

/**
 * The request of an RPC from the parts of an HTTP request.
 *
 * @throws BatonError `invalid_input` for a field that is unknown, malformed, or given twice with
 * different values; what {@link readJsonBody} throws.
 */
export async function toMessage(
  match: Match,
  request: HttpRequest,
  query: URLSearchParams,
): Promise<Message> {
  const { route, params } = match;
  const { input } = route.rpc;
  const fields: JsonObject = Object.create(null);
  const give = (name: string, value: unknown, from: string) => {
    const { jsonName } = fieldOf(input, name);
    const known = fields[jsonName];
    if (known !== undefined && known !== value) {
      throw invalid(
        jsonName,
        `the ${from} says '${value}', another part of the request '${known}'`,
      );
    }
    fields[jsonName] = value as JsonValue;
  };
  if (route.fields === 'body') {
    refuseQuery(query);
    for (const [name, value] of Object.entries(await readJsonBody(request))) {
      give(name, value, 'body');
    }
  } else {
    for (const [name, value] of query) {
      give(name, fromQuery(fieldOf(input, name), value), 'query');
    }
  }
  for (const [name, value] of Object.entries(params)) give(name, value, 'path');
  const key = request.headers['idempotency-key'];
  if (key !== undefined && route.method === 'POST') {
    give('request_id', unquoted(String(key)), 'header Idempotency-Key');
  }
  return parse(input, fields);
}

/** Fields of a change come in its body; one that nobody reads must not seem to be taken. */
function refuseQuery(query: URLSearchParams): void {
  const names = [...new Set(query.keys())];
  if (names.length === 0) return;
  const violations = names.map((field) => ({
    field,
    description: 'expected in the body, found in the query',
  }));
  throw new BatonError('invalid_input', `expected no query, found ${names.join(', ')}`, {
    violations,
  });
}

function parse(schema: DescMessage, fields: JsonObject): Message {
  try {
    return fromJson(schema, fields);
  } catch (cause) {
    const violations = Object.entries(fields).flatMap(([name, value]) => {
      const description = problemOf(schema, { [name]: value });
      return description === undefined ? [] : [{ field: name, description }];
    });
    const found = violations.map(({ field, description }) => `${field}: ${description}`);
    throw new BatonError('invalid_input', found.join('; '), { violations, cause });
  }
}

function problemOf(schema: DescMessage, fields: JsonObject): string | undefined {
  try {
    fromJson(schema, fields);
    return undefined;
  } catch (reason) {
    return reason instanceof Error ? reason.message : String(reason);
  }
}

function fieldOf(schema: DescMessage, name: string): DescField {
  const field = schema.fields.find((found) => found.jsonName === name || found.name === name);
  if (field !== undefined) return field;
  const legal = schema.fields.map(({ jsonName }) => jsonName);
  throw new BatonError('invalid_input', `unknown field '${name}'; fields: ${legal.join(', ')}`, {
    violations: [{ field: name, description: 'unknown field' }],
    legal,
  });
}

/** Values of a query are text; the JSON mapping takes numbers as text, but not booleans. */
function fromQuery(field: DescField, value: string): JsonValue {
  const isBoolean = field.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL;
  if (isBoolean && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** The header's draft has a quoted string; many send it bare. */
function unquoted(key: string): string {
  return /^"[^"]*"$/.test(key) ? key.slice(1, -1) : key;
}

function invalid(field: string, description: string): BatonError {
  return new BatonError('invalid_input', field === '' ? description : `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
