import { createMemoryStore, createOrchestrator, type GrantInput } from '@baton/core';
import { ArtifactService } from '@baton/proto';
import { type Access, createAccess, createApiKeys, createKeyAuthenticator } from '@baton/server';
import { startArtifactServer } from '../interop/artifact-fixture.ts';
import { aBuild } from '../interop/start-server.ts';
import { type About, CALLS, type Call } from './calls.ts';

/** What a caller shows, and so what becomes of its calls. */
interface Situation {
  readonly name: string;
  /** Undefined: nothing is shown. */
  readonly token: string | undefined;
  /** The code of an answer that is right for this call; undefined: anything that lets the call through. */
  expected(call: Call): Expected;
}

type Expected = 'unauthenticated' | 'permission_denied' | 'not_found' | 'let through';

/** Answers of the operations themselves, once a call has been let through. */
const LET_THROUGH: readonly string[] = [
  ...['ok', 'failed_precondition', 'aborted'],
  // There is no such question.
  'invalid_argument',
];

const DAY_MS = 86_400_000;
const ROLE = 'q_assistant';
const ALL = ['read', 'start', 'perform', 'steer', 'decide'] as const;

export interface Bench {
  readonly grpcAddress: string;
  readonly httpUrl: string;
  readonly situations: readonly Situation[];
  /** What a call is about; each one starts a build of its own, by default with an artifact. */
  about(needs?: { readonly artifact: boolean }): Promise<About>;
}

/** A server that asks for API keys, with a key for each situation. */
export async function startBench(
  options: { readonly corsOrigins?: readonly string[] } = {},
): Promise<Bench> {
  const store = await createMemoryStore();
  const { documents } = store;
  const access: Access = createAccess([createKeyAuthenticator(documents)]);
  const orchestrator = createOrchestrator({ store });
  const server = await startArtifactServer({ orchestrator, access, ...options });
  const keys = createApiKeys({ documents });
  const keyOf = async (grant: Partial<GrantInput>): Promise<string> => {
    const whole = { projects: ['shop'], permissions: [...ALL], roles: [ROLE], ...grant };
    return (await keys.create({ name: 'robot', grant: { attests: true, ...whole } })).secretKey;
  };
  const right = await keyOf({});
  const revoked = await keys.create({
    name: 'robot',
    grant: { projects: '*', permissions: [...ALL] },
  });
  await keys.revoke(revoked.key.id);
  const before = createApiKeys({ documents, now: () => Date.now() - 2 * DAY_MS });
  const expired = await before.create({
    ...{ name: 'robot', grant: { projects: '*', permissions: [...ALL] }, expiresInMs: DAY_MS },
  });
  const elsewhere = createApiKeys({ documents: (await createMemoryStore()).documents });
  const wrong = await elsewhere.create({
    name: 'robot',
    grant: { projects: '*', permissions: [...ALL] },
  });
  const lacking = await Promise.all(
    ALL.map(async (needed) => {
      const permissions = ALL.filter((one) => one !== needed);
      return [needed, await keyOf({ permissions })] as const;
    }),
  );
  const unknown = (name: string, token: string | undefined): Situation => ({
    ...{ name, token, expected: () => 'unauthenticated' },
  });
  let builds = 0;
  return {
    grpcAddress: server.grpcAddress,
    httpUrl: server.httpUrl,
    situations: [
      unknown('none', undefined),
      unknown('no key at all', 'letmein'),
      unknown('mistyped', `${right.slice(0, -1)}${right.endsWith('x') ? 'y' : 'x'}`),
      unknown('wrong', wrong.secretKey),
      unknown('expired', expired.secretKey),
      unknown('revoked', revoked.secretKey),
      {
        name: 'other project',
        token: await keyOf({ projects: ['elsewhere'] }),
        expected: ({ scope }) =>
          scope === 'workflow' || scope === 'project' ? 'not_found' : 'let through',
      },
      ...lacking.map(([needed, token]) => ({
        name: `without ${needed}`,
        token,
        expected: ({ needs }: Call): Expected =>
          needs === needed ? 'permission_denied' : 'let through',
      })),
      {
        name: 'wrong role',
        token: await keyOf({ roles: ['code_writer'] }),
        expected: ({ byRole }) => (byRole ? 'permission_denied' : 'let through'),
      },
      { name: 'right', token: right, expected: () => 'let through' },
    ],
    async about({ artifact } = { artifact: true }) {
      const buildId = `b-${++builds}`;
      const { workflowId } = await orchestrator.start({ ...aBuild, buildId });
      if (artifact) await server.keep('what was printed', { workflowId });
      const common = { projectId: 'shop', workflowId, buildId: `${buildId}-again`, role: ROLE };
      return { ...common, worker: 'robot/1', user: 'robot' };
    },
  };
}

/** Makes one call as a client does. Returns `ok`, or the code of the refusal in lower case. */
export type Caller = (call: Call, request: object, token: string | undefined) => Promise<string>;

/** Every method in every situation: what was not as it should be. */
export async function findFaults(
  bench: Bench,
  client: Caller,
  calls: readonly Call[] = CALLS,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const situation of bench.situations) {
    const asked: { readonly call: Call; readonly request: object }[] = [];
    for (const call of calls) {
      const artifact = call.method.parent === ArtifactService;
      asked.push({ call, request: call.request(await bench.about({ artifact })) });
    }
    // Together, so that a client may make them at once.
    const answers = await Promise.all(
      asked.map(async ({ call, request }) => ({
        call,
        found: await client(call, request, situation.token),
      })),
    );
    for (const { call, found } of answers) {
      const expected = situation.expected(call);
      const isRight = expected === 'let through' ? LET_THROUGH.includes(found) : found === expected;
      if (!isRight) {
        faults.push(`${call.method.name}, ${situation.name}: found ${found}, expected ${expected}`);
      }
    }
  }
  return faults;
}
