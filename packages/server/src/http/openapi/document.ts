import type { DescService } from '@bufbuild/protobuf';
import { ROUTES, type Route } from '../routes.ts';
import { commentOf, createSchemaBook, type Schema } from './json-schema.ts';
import { operationOf } from './operation.ts';
import { PROBLEM, problemResponses } from './problems.ts';

const DESCRIPTION = `Baton's operations over plain HTTP. JSON is the JSON mapping of protobuf: names in lowerCamelCase,
durations such as \`90s\`, timestamps in RFC 3339, 64-bit integers as texts. Errors are problem details (RFC 9457).
The same operations are there over gRPC, gRPC-Web and Connect.`;

/**
 * The HTTP+JSON routes as an OpenAPI 3.1 document, made from the table of routes and the descriptors of the contract.
 *
 * @param version of the server.
 */
export function openApiDocument(version: string, routes: readonly Route[] = ROUTES): Schema {
  const book = createSchemaBook();
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    (paths[route.path] as Record<string, Schema>)[route.method.toLowerCase()] = operationOf(
      route,
      book,
    );
  }
  const services = [...new Set(routes.map(({ rpc }) => rpc.parent))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Baton',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The HTTP port of the server that this document is from' }],
    // A server without authentication takes every call.
    security: [{ bearer: [] }, {}],
    tags: [...services.map(tagOf), { name: 'Server', description: 'The server itself.' }],
    paths: { ...paths, ...OF_SERVER },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key or a JWT.' },
      },
      schemas: { ...book.all(), Problem: PROBLEM },
      responses: problemResponses(),
    },
  };
}

function tagOf({ name }: DescService): Schema {
  return { name, description: commentOf(name) ?? name };
}

const HEALTH: Schema = {
  type: 'object',
  properties: { status: { type: 'string', enum: ['SERVING', 'NOT_SERVING'] } },
  required: ['status'],
};

const INDEX: Schema = {
  type: 'object',
  properties: Object.fromEntries(
    ['name', 'version', 'openapi', 'health', 'mcp'].map((name) => [name, { type: 'string' }]),
  ),
  required: ['name', 'version', 'openapi', 'health', 'mcp'],
};

/** What is no operation on workflows. */
const OF_SERVER: Readonly<Record<string, Schema>> = {
  '/': {
    get: {
      operationId: 'getIndex',
      tags: ['Server'],
      summary: 'What the server is, and where its other pages are',
      security: [],
      responses: {
        200: {
          description: 'Its name, its version and paths.',
          content: { 'application/json': { schema: INDEX } },
        },
        405: { $ref: '#/components/responses/Problem405' },
      },
    },
  },
  '/healthz': {
    get: {
      operationId: 'getHealth',
      tags: ['Server'],
      summary: 'Whether the server takes requests',
      security: [],
      responses: {
        200: {
          description: 'It does.',
          content: { 'application/json': { schema: HEALTH } },
        },
        405: { $ref: '#/components/responses/Problem405' },
        503: {
          description: 'It stops.',
          content: { 'application/json': { schema: HEALTH } },
        },
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'getOpenApi',
      tags: ['Server'],
      summary: 'This document',
      security: [],
      responses: {
        200: {
          description: 'The document.',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        405: { $ref: '#/components/responses/Problem405' },
      },
    },
  },
};
