import type { Orchestrator } from '@baton/core';
import type { Artifact, ArtifactReading } from '@baton/core/api';
import * as proto from '@baton/proto';
import { create, type DescMessage, isMessage, type Message, ScalarType } from '@bufbuild/protobuf';
import { DurationSchema, durationMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { ANYBODY } from './access/caller.ts';
import type { Guard } from './access/guard.ts';
import { createHandlers } from './handlers.ts';
import { createContentBudget } from './load/content-budget.ts';
import { createLog } from './log.ts';
import { logged } from './logged-services.ts';
import { servicesOf } from './services.ts';

/** A message with a value in every field, each value told from the others. */
function filled(schema: DescMessage): Message {
  let next = 1;
  const fill = (desc: DescMessage): Record<string, unknown> => {
    const fields = desc.fields.map((field) => {
      const value = () => {
        next += 1;
        if (!field.message) return scalar(field.scalar, next);
        if (field.message.typeName === 'google.protobuf.Struct') return { [`key${next}`]: next };
        if (field.message.typeName === 'google.protobuf.Duration') {
          return { seconds: BigInt(next), nanos: 500_000_000 };
        }
        return fill(field.message);
      };
      if (field.fieldKind === 'map') return [field.localName, { [`key${next}`]: value() }];
      return [field.localName, field.fieldKind === 'list' ? [value()] : value()];
    });
    return Object.fromEntries(fields);
  };
  return create(schema, fill(schema));
}

function scalar(type: ScalarType | undefined, next: number): unknown {
  if (type === ScalarType.BOOL) return true;
  if (type === ScalarType.UINT64) return BigInt(next);
  return type === ScalarType.STRING ? `text${next}` : next;
}

/** Every leaf of a value, as text; a duration as core counts it. */
function leaves(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  if (isMessage(value, DurationSchema)) return [String(durationMs(value))];
  return Object.entries(value).flatMap(([key, member]) => {
    if (key.startsWith('$')) return [];
    return key.startsWith('key') ? [key, ...leaves(member)] : leaves(member);
  });
}

/** An orchestrator that notes what it was asked and answers nothing. */
function noting() {
  const asked: unknown[] = [];
  const orchestrator = new Proxy({} as Orchestrator, {
    get: () => (request: unknown) => {
      asked.push(request);
      throw new Error('noted');
    },
  });
  const note = (request: unknown) => {
    asked.push(request);
    throw new Error('noted');
  };
  const reading: ArtifactReading = {
    listArtifacts: async (request) => note(request),
    // What is read is looked up first.
    getArtifact: async (request) => {
      asked.push(request);
      if (request.workflowId === '') throw new Error('noted');
      return { size: 1, compressedSize: 1 } as Artifact;
    },
    readArtifact: note,
  };
  const artifacts = {
    readingOf: async () => reading,
    budget: createContentBudget(1),
    replySeconds: 1,
  };
  const stopping = new AbortController().signal;
  const guarded = { caller: ANYBODY, operations: orchestrator, artifacts: undefined };
  const guard: Guard = {
    admit: async () => guarded,
    admitStream: async ({ signal }) => ({ ...guarded, signal, leave: () => undefined }),
  };
  return {
    asked,
    handlers: createHandlers({ guard, heartbeatMs: 1000, stopping, artifacts }),
  };
}

async function drain(messages: AsyncIterable<Message> | undefined): Promise<void> {
  for await (const _ of messages ?? []);
}

const methods = [proto.WorkflowService, proto.AssignmentService, proto.ArtifactService].flatMap(
  (service) => service.methods,
);

describe('the handlers', () => {
  it.each(methods.map((method) => [method.name, method] as const))(
    '%s hands every field of its request on',
    async (_name, method) => {
      const { asked, handlers } = noting();
      const served = servicesOf(handlers)
        .flatMap(({ methods }) => methods)
        .find((found) => found.method === method);
      const request = filled(method.input);
      // Larger pages are read in portions.
      if ('pageSize' in request) request.pageSize = 1;
      const context = { signal: new AbortController().signal, credentials: undefined };
      if (served?.kind === 'unary') await served.handle(request, context).catch(() => {});
      else await drain(served?.handle(request, context)).catch(() => {});
      // Who calls is not for core to say: it is asked nothing.
      expect(new Set(leaves(asked.at(-1) ?? {}))).toEqual(new Set(leaves(request)));
    },
  );

  it('have a line in the log for every request when the level is debug', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'debug', write: (line) => lines.push(line) });
    const { handlers } = noting();
    const methods = logged(servicesOf(handlers), log).flatMap((service) => service.methods);
    const context = { signal: new AbortController().signal, credentials: undefined };
    for (const { kind, method, handle } of methods) {
      const request = create(method.input);
      if (kind === 'unary') await handle(request, context).catch(() => {});
      else await drain(handle(request, context)).catch(() => {});
    }
    expect(lines).toHaveLength(methods.length);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'debug',
      method: 'baton.v1.WorkflowService/StartWorkflow',
      outcome: 'internal',
    });
  });

  it('are left as they are when the log takes no line for every request', () => {
    const services = servicesOf(noting().handlers);
    expect(logged(services, createLog({ level: 'info' }))).toBe(services);
  });
});
