import { createMemoryStore, createOrchestrator } from '@baton/core';
import { ArtifactService, AssignmentService, WorkflowService } from '@baton/proto';
import { createAccess, createApiKeys, createKeyAuthenticator } from '@baton/server';
import { type DescMethod, type Message, toBinary } from '@bufbuild/protobuf';
import {
  credentials,
  Metadata,
  makeClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { anyMessage } from '../../packages/wire/src/testing/any-message.ts';
import { startArtifactServer } from '../interop/artifact-fixture.ts';

const SEED = 15;
/** In everything that others may not read. */
const MARKER = 'S3CR3T';
const REQUESTS_PER_METHOD = 40;
const METHODS = [WorkflowService, AssignmentService, ArtifactService].flatMap(
  ({ methods }) => methods,
);

interface Answer {
  readonly code: string;
  readonly bytes: Buffer;
}

/** Sends any bytes to any method. A stream is read for a while. */
function sender(address: string) {
  const Client = makeClientConstructor({}, 'raw');
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  const same = (bytes: Buffer) => bytes;
  return (method: DescMethod, message: Message, token: string | undefined): Promise<Answer> => {
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const path = `/${method.parent.typeName}/${method.name}`;
    const request = Buffer.from(toBinary(method.input, message));
    // What is refused is refused at once; what is not may stream for ever.
    const isEndless = method.methodKind !== 'unary' && token !== undefined;
    const options = { deadline: Date.now() + (isEndless ? 500 : 600_000) };
    const found: Buffer[] = [];
    return new Promise((resolve) => {
      const end = (error: ServiceError | null) => {
        if (error !== null) found.push(Buffer.from(error.details));
        const code = error === null ? 'ok' : (status[error.code] ?? '').toLowerCase();
        resolve({ code, bytes: Buffer.concat(found) });
      };
      if (method.methodKind === 'unary') {
        client.makeUnaryRequest(path, same, same, request, metadata, options, (error, reply) => {
          if (reply !== undefined) found.push(reply);
          end(error);
        });
        return;
      }
      const stream = client.makeServerStreamRequest(path, same, same, request, metadata, options);
      stream.on('data', (piece: Buffer) => found.push(piece));
      stream.on('end', () => end(null));
      stream.on('error', (error: ServiceError) => end(error));
    });
  };
}

/** A server with a build that belongs to others, who hold a claim on it, and a key for elsewhere. */
async function setUp() {
  const store = await createMemoryStore();
  const { documents } = store;
  const orchestrator = createOrchestrator({ store });
  const access = createAccess([createKeyAuthenticator(documents)]);
  const server = await startArtifactServer({ orchestrator, access });
  const requirements = { request: MARKER };
  const { workflowId } = await orchestrator.start({
    ...{ projectId: 'vault', buildId: 'b', userId: MARKER, requirements },
  });
  await server.keep(MARKER, { workflowId, projectId: 'vault' });
  const claim = { workflowId, worker: MARKER, roles: ['q_assistant'], leaseMs: 3_600_000 };
  await orchestrator.claim({ ...claim, token: 'claim-token' });
  const permissions = ['read', 'start', 'perform', 'steer', 'decide'] as const;
  const { secretKey } = await createApiKeys({ documents }).create({
    name: 'eve',
    grant: { projects: ['elsewhere'], permissions, roles: '*', actors: '*', attests: true },
  });
  return { orchestrator, workflowId, token: secretKey, send: sender(server.grpcAddress) };
}

/** The request as one would send it who knows all ids of what is not theirs. */
function aimed(message: Message, workflowId: string, random: number): Message {
  const known = { workflowId, projectId: 'vault', claimToken: 'claim-token', role: 'q_assistant' };
  const aimedAt = Object.entries(known).filter(
    ([name], index) => name in message && (random >> index) % 4 !== 0,
  );
  return { ...message, ...Object.fromEntries(aimedAt) } as Message;
}

it.each([
  ['without a key', false],
  ['with a key for another project', true],
] as const)('no request %s reads or changes what belongs to others', async (_, hasKey) => {
  const { orchestrator, workflowId, token, send } = await setUp();
  const standing = async () => {
    const { elapsedMs: _, ...rest } = await orchestrator.status({ workflowId });
    return rest;
  };
  const before = await standing();
  const faults: string[] = [];
  for (const method of METHODS) {
    const messages = fc.sample(fc.tuple(anyMessage(method.input), fc.nat({ max: 255 })), {
      ...{ seed: SEED, numRuns: REQUESTS_PER_METHOD },
    });
    const answers = await Promise.all(
      messages.map(([message, random]) =>
        send(method, aimed(message, workflowId, random), hasKey ? token : undefined),
      ),
    );
    for (const { code, bytes } of answers) {
      if (bytes.includes(MARKER)) faults.push(`${method.name}: ${code} tells a secret`);
      if (!hasKey && code !== 'unauthenticated') faults.push(`${method.name}: ${code}`);
      if (code === 'internal' || code === 'unknown') faults.push(`${method.name}: ${code}`);
    }
  }
  expect([...new Set(faults)]).toEqual([]);
  expect(await standing()).toEqual(before);
});
