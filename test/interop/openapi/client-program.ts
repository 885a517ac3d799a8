/** A program as a user writes it, on types that are generated from the OpenAPI document. */
export const PROGRAM = `
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';

type Status = components['schemas']['WorkflowStatus'];
type Outputs = Readonly<Record<string, Record<string, unknown>>>;

export async function runBuild(
  baseUrl: string,
  outputs: Outputs,
  fetch: (request: Request) => Promise<Response>,
) {
  const client = createClient<paths>({ baseUrl, fetch });
  const started = await client.POST('/api/workflows/{project_id}/start', {
    params: { path: { project_id: 'shop' }, header: { 'Idempotency-Key': 'start-1' } },
    body: { buildId: '42', userId: 'ada', requirements: { request: 'dark mode' }, timeout: '3600s' },
  });
  if (started.error !== undefined) throw new Error(started.error.detail);
  const path = { workflow_id: started.data.workflowId };
  const states: string[] = [started.data.state];
  for (let state = started.data.state; state !== 'complete'; ) {
    const { status } = await statusOf();
    if (status.role === undefined) throw new Error('nobody is to act');
    const moved = await client.POST('/api/workflows/{workflow_id}/advance', {
      params: { path },
      body: {
        role: status.role,
        completedState: state,
        expectedRevision: status.revision,
        ...(outputs[state] !== undefined && { result: outputs[state] }),
      },
    });
    if (moved.error !== undefined) throw new Error(moved.error.detail);
    state = moved.data.state;
    states.push(state);
  }
  const again = await client.POST('/api/workflows/{workflow_id}/advance', {
    params: { path },
    body: { role: 'release_manager', completedState: 'deployment' },
  });
  const { status } = await statusOf();
  const history = await client.GET('/api/workflows/{workflow_id}/history', {
    params: { path, query: { pageSize: 3 } },
  });
  const stats = await client.GET('/api/workflows/project/{project_id}/stats', {
    params: { path: { project_id: 'shop' } },
  });
  const list = await client.GET('/api/workflows', { params: { query: { state: 'complete' } } });
  const definition = await client.GET('/api/definitions/{name}', {
    params: { path: { name: 'build' } },
  });
  const unknown = await client.GET('/api/workflows/{workflow_id}/status', {
    params: { path: { workflow_id: 'wf_none' } },
  });
  return {
    states,
    again: again.error?.code,
    progress: status.progressPercent,
    handoffs: history.data?.handoffs.map(({ fromState }) => fromState),
    completed: stats.data?.stats?.completed,
    listed: list.data?.workflows.map(({ buildId }) => buildId),
    phases: definition.data?.definition?.states.length,
    unknown: unknown.error?.code,
  };

  async function statusOf(): Promise<{ status: Status }> {
    const { data, error } = await client.GET('/api/workflows/{workflow_id}/status', {
      params: { path },
    });
    if (data?.status === undefined) throw new Error(error?.detail);
    return { status: data.status };
  }
}
`;

/** What must not compile. */
export const WRONG_PROGRAMS: Readonly<Record<string, string>> = {
  'a field that is missing': `body: { buildId: '42', requirements: {} }`,
  'a text for a number': `body: { buildId: '42', userId: 'ada', priority: 'high' }`,
  'a number for a duration': `body: { buildId: '42', userId: 'ada', timeout: 3600 }`,
};

export function wrongProgram(body: string): string {
  return `
import createClient from 'openapi-fetch';
import type { paths } from './schema.d.ts';
export const client = createClient<paths>({ baseUrl: '' });
export const started = client.POST('/api/workflows/{project_id}/start', {
  params: { path: { project_id: 'shop' } },
  ${body},
});
`;
}
