import { createMemoryStore, createOrchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { createAccess, createApiKeys, createKeyAuthenticator } from '@baton/server';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../packages/server/src/http/routes.ts';
import { createReplyCheck, type Document } from './openapi/checked-replies.ts';
import { PROGRAM, WRONG_PROGRAMS, wrongProgram } from './openapi/client-program.ts';
import { generateClient } from './openapi/generated-client.ts';
import { startServer } from './start-server.ts';

async function served() {
  const { httpUrl } = await startServer();
  const response = await fetch(`${httpUrl}/openapi.json`);
  const text = await response.text();
  return { httpUrl, response, text, document: JSON.parse(text) };
}

async function lint(text: string): Promise<readonly string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: text, config });
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

describe('GET /openapi.json', () => {
  it('is a document of OpenAPI 3.1 in which Redocly finds nothing', async () => {
    const { text, response, document } = await served();
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(await lint(text)).toEqual([]);
    const damaged = { ...document, security: [{ bearer: [] }, { password: [] }] };
    expect(await lint(JSON.stringify(damaged))).toEqual([
      expect.stringContaining('security-defined'),
    ]);
  });

  it('has every route, with what the contract says of it', async () => {
    const { document } = await served();
    const found = Object.entries<object>(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const own = ['GET /', 'GET /healthz', 'GET /openapi.json'];
    expect(found).toEqual([...ROUTES.map(({ method, path }) => `${method} ${path}`), ...own]);
    const { startWorkflow } = Object.fromEntries(
      Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((methods) =>
        Object.values(methods).map((one) => [one.operationId, one]),
      ),
    );
    expect(startWorkflow).toMatchObject({
      summary: 'Starts a workflow in the first state of its definition',
      tags: ['WorkflowService'],
      parameters: [
        { name: 'project_id', in: 'path', required: true },
        { name: 'Idempotency-Key', in: 'header' },
      ],
    });
  });

  it('maps types as the JSON of protobuf does', async () => {
    const { schemas } = (await served()).document.components;
    expect(schemas.Usage.properties.inputTokens).toMatchObject({ type: 'string' });
    expect(schemas.WorkflowEvent).toMatchObject({
      properties: {
        sequence: { type: 'integer', maximum: 0xffff_ffff },
        data: { type: 'object', additionalProperties: true },
        timestamp: { type: 'string', format: 'date-time' },
      },
      required: ['workflowId', 'sequence', 'type', 'triggeredBy', 'revision', 'epoch'],
    });
    expect(schemas.ClaimOfferInput).toMatchObject({
      properties: { lease: { pattern: expect.stringContaining('s$') } },
      additionalProperties: false,
    });
    expect(schemas.Problem.properties.code.enum).toContain('gate_not_passed');
  });

  it('demands of a request what the server demands', async () => {
    const { httpUrl, document } = await served();
    for (const [path, { post }] of Object.entries<Record<string, Post>>(document.paths)) {
      if (post === undefined) continue;
      const reply = await fetch(httpUrl + path.replaceAll(/\{\w+\}/g, 'wf_1'), {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
      });
      const { violations = [] } = (await reply.json()) as Problem;
      const { required = [] } = post.requestBody.content['application/json'].schema;
      const demanded = violations.map(({ field }) => field);
      expect(`${path} ${required.filter((one) => !demanded.includes(one))}`).toBe(`${path} `);
    }
  });

  it('is enough to generate a client that runs a whole build', async () => {
    const { httpUrl, text, document } = await served();
    const client = await generateClient(text);
    expect(client.problems(PROGRAM)).toEqual([]);
    const { runBuild } = (await client.load(PROGRAM)) as { runBuild: RunBuild };
    const check = createReplyCheck(document as Document);
    const built = await runBuild(httpUrl, passingOutputs, check.fetch);
    expect(built).toMatchObject({
      ...{ again: 'wrong_state', progress: 100, completed: 1, listed: ['42'], phases: 12 },
      ...{ unknown: 'not_found', handoffs: ['discovery', 'planning', 'handoff_to_coder'] },
    });
    expect(built['states']).toHaveLength(11);
    expect(check.problems).toEqual([]);
    expect(check.seen).toContain('POST /api/workflows/{workflow_id}/advance 409');
  });

  it('keeps a client from what the server would refuse', async () => {
    const client = await generateClient((await served()).text);
    for (const [what, body] of Object.entries(WRONG_PROGRAMS)) {
      expect(`${what}: ${client.problems(wrongProgram(body)).length > 0}`).toBe(`${what}: true`);
    }
  });

  it('says how callers show who they are, and is open itself', async () => {
    const store = await createMemoryStore();
    const orchestrator = createOrchestrator({ store });
    const access = createAccess([createKeyAuthenticator(store.documents)]);
    const { httpUrl } = await startServer({ orchestrator, access });
    const document = (await (await fetch(`${httpUrl}/openapi.json`)).json()) as Document;
    expect(document).toMatchObject({ security: [{ bearer: [] }, {}] });
    const check = createReplyCheck(document);
    const list = async (headers: Record<string, string>) => {
      const reply = await check.fetch(new Request(`${httpUrl}/api/workflows`, { headers }));
      return reply.status;
    };
    expect(await list({})).toBe(401);
    const grant = { projects: '*', permissions: ['read'] } as const;
    const keys = createApiKeys({ documents: store.documents });
    const { secretKey } = await keys.create({ name: 'ci', grant });
    expect(await list({ authorization: `Bearer ${secretKey}` })).toBe(200);
    expect(check.problems).toEqual([]);
    expect((await fetch(httpUrl)).status).toBe(200);
  });

  it.each(['/', '/healthz', '/openapi.json'])('%s knows GET and HEAD', async (path) => {
    const { httpUrl } = await startServer();
    const send = (method: string) => fetch(httpUrl + path, { method });
    expect((await send('GET')).status).toBe(200);
    expect(await (await send('HEAD')).text()).toBe('');
    const refused = await send('POST');
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('is what the first page of the port leads to', async () => {
    const { httpUrl } = await startServer();
    const index = (await (await fetch(httpUrl)).json()) as { readonly openapi: string };
    expect(index).toMatchObject({ name: 'Baton', openapi: '/openapi.json', health: '/healthz' });
    expect((await fetch(httpUrl + index.openapi)).status).toBe(200);
  });
});

interface Problem {
  readonly violations?: readonly { readonly field: string }[];
}

interface Post {
  readonly requestBody: {
    readonly content: {
      readonly 'application/json': { readonly schema: { readonly required?: readonly string[] } };
    };
  };
}

type RunBuild = (
  baseUrl: string,
  outputs: object,
  fetch: (request: Request) => Promise<Response>,
) => Promise<Record<string, unknown>>;
