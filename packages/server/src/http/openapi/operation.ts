import { ProgressSchema, WorkflowEventSchema } from '@baton/proto';
import type { DescField } from '@bufbuild/protobuf';
import type { Route } from '../routes.ts';
import { commentOf, type Schema, type SchemaBook } from './json-schema.ts';
import { problemRefs } from './problems.ts';

/** What a route does, as OpenAPI says it. */
export function operationOf(route: Route, book: SchemaBook): Schema {
  const { rpc, path } = route;
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  const comment = commentOf(rpc.parent.name, rpc.name) ?? '';
  const hasBody = route.fields === 'body';
  return {
    operationId: rpc.localName,
    tags: [rpc.parent.name],
    summary: firstSentence(comment),
    description: comment,
    parameters: [
      ...rpc.input.fields.flatMap((field) => parameterOf(field, route, inPath, book)),
      ...headersOf(route),
    ],
    ...(hasBody && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: book.body(rpc.input, inPath) } },
      },
    }),
    responses: { ...answersOf(route, book), ...problemRefs(hasBody) },
  };
}

/** Fields of the path, and of the query, where single values fit in. */
function parameterOf(
  field: DescField,
  { fields, answer }: Route,
  inPath: ReadonlySet<string>,
  book: SchemaBook,
): readonly Schema[] {
  const { description, ...schema } = book.field(field, 'request');
  const about = description === undefined ? {} : { description };
  if (inPath.has(field.name)) {
    return [{ name: field.name, in: 'path', required: true, schema, ...about }];
  }
  const isSingle = field.fieldKind === 'scalar' || field.fieldKind === 'enum';
  // The range of a content is said in the header.
  if (fields !== 'query' || !isSingle || answer === 'content') return [];
  return [{ name: field.jsonName, in: 'query', schema, ...about }];
}

function headersOf({ rpc, method, answer }: Route): readonly Schema[] {
  const header = (name: string, description: string, schema: Schema = { type: 'string' }) => ({
    ...{ name, in: 'header', description, schema },
  });
  const isRepeatable = rpc.input.fields.some(({ name }) => name === 'request_id');
  return [
    ...(method === 'POST' && isRepeatable
      ? [header('Idempotency-Key', 'The same as `requestId` in the body.')]
      : []),
    ...(answer === 'events'
      ? [header('Last-Event-ID', 'Goes on after this sequence number.', { type: 'integer' })]
      : []),
    ...(answer === 'content'
      ? [
          header('Range', 'One range of bytes.'),
          header('If-Range', 'The `ETag` that the range is of.'),
          header('If-None-Match', 'The `ETag` that the caller has.'),
        ]
      : []),
  ];
}

function answersOf({ rpc, answer }: Route, book: SchemaBook): Readonly<Record<string, Schema>> {
  switch (answer) {
    case 'json':
      return {
        200: {
          description: commentOf(rpc.output.name) ?? 'Done.',
          content: { 'application/json': { schema: book.ref(rpc.output, 'reply') } },
        },
      };
    case 'events':
      return {
        200: {
          description:
            'Server-sent events. The data of a message is a WorkflowEvent, its id the sequence number; of an event `progress` it is a Progress, of an event `problem`, the last, a Problem. Comments are heartbeats.',
          content: {
            'text/event-stream': {
              schema: {
                type: 'string',
                contentMediaType: 'text/event-stream',
                // Of the data of each.
                contentSchema: {
                  anyOf: [
                    book.ref(WorkflowEventSchema, 'reply'),
                    book.ref(ProgressSchema, 'reply'),
                    { $ref: '#/components/schemas/Problem' },
                  ],
                },
              },
            },
          },
        },
        204: { description: 'The workflow is complete, and the caller has seen its last event.' },
      };
    case 'content': {
      const bytes = { '*/*': { schema: { type: 'string', contentMediaType: '*/*' } } };
      const ofFile = { ETag: { description: 'Its digest.', schema: { type: 'string' } } };
      return {
        200: { description: 'The content.', headers: ofFile, content: bytes },
        206: { description: 'The range that was asked for.', headers: ofFile, content: bytes },
        304: { description: 'The caller has it.' },
        416: {
          description: 'There is no such range.',
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        },
      };
    }
  }
}

function firstSentence(text: string): string {
  return /^(.*?)[.:](\s|$)/s.exec(text)?.[1] ?? text;
}
