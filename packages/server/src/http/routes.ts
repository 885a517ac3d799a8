import { ArtifactService, AssignmentService, WorkflowService } from '@baton/proto';
import type { DescMethod } from '@bufbuild/protobuf';
import { HttpError } from './answer.ts';

/** One plain HTTP+JSON route to an RPC. JSON is the protobuf JSON mapping. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `{field}` is one segment of the path and fills that field of the request. */
  readonly path: string;
  readonly rpc: DescMethod;
  /** Where the fields come from that are not in the path: the body of a POST, the query of a GET. */
  readonly fields: 'body' | 'query';
  /** `json` for the reply of the RPC, `events` for a stream of server-sent events, `content` for bytes. */
  readonly answer: 'json' | 'events' | 'content';
}

const { method } = WorkflowService;
const { method: assignment } = AssignmentService;
const { method: artifact } = ArtifactService;

/** Every route, in the order of the documentation. */
export const ROUTES: readonly Route[] = [
  post('/api/workflows/{project_id}/start', method.startWorkflow),
  post('/api/workflows/{workflow_id}/advance', method.advanceWorkflow),
  get('/api/workflows/{workflow_id}/status', method.getWorkflowStatus),
  get('/api/workflows/{workflow_id}', method.getWorkflow),
  post('/api/workflows/{workflow_id}/request-retry', method.requestRetry),
  get('/api/workflows/{workflow_id}/history', method.getWorkflowHistory),
  post('/api/workflows/{workflow_id}/rollback', method.rollbackWorkflow),
  post('/api/workflows/{workflow_id}/cancel', method.cancelWorkflow),
  get('/api/workflows/{workflow_id}/rollback-plan', method.planRollback),
  get('/api/workflows/project/{project_id}/stats', method.getProjectStats),
  get('/api/workflows/project/{project_id}/history', method.getProjectHistory),
  post('/api/workflows/{workflow_id}/answer', method.answerQuestion),
  post('/api/workflows/{workflow_id}/approval', method.decideApproval),
  get('/api/workflows', method.listWorkflows),
  get('/api/projects', method.listProjects),
  get('/api/usage', method.getUsage),
  get('/api/workflows/{workflow_id}/events', method.watchWorkflow, 'events'),
  get('/api/caller', method.getCaller),
  get('/api/definitions/{name}', method.getDefinition),
  get('/api/definitions', method.listDefinitions),
  post('/api/work/poll', assignment.pollWork),
  post('/api/workflows/{workflow_id}/claim', assignment.claimAssignment),
  post('/api/workflows/{workflow_id}/renew-claim', assignment.renewClaim),
  post('/api/workflows/{workflow_id}/fail-attempt', assignment.failAttempt),
  post('/api/workflows/{workflow_id}/ask', assignment.askQuestions),
  post('/api/workflows/{workflow_id}/progress', assignment.reportProgress),
  get('/api/workflows/{workflow_id}/artifacts', artifact.listArtifacts),
  get('/api/workflows/{workflow_id}/artifacts/{number}', artifact.getArtifact),
  get('/api/workflows/{workflow_id}/artifacts/{number}/content', artifact.readArtifact, 'content'),
];

function get(path: string, rpc: DescMethod, answer: Route['answer'] = 'json'): Route {
  return { method: 'GET', path, rpc, fields: 'query', answer };
}

function post(path: string, rpc: DescMethod): Route {
  return { method: 'POST', path, rpc, fields: 'body', answer: 'json' };
}

/** Whether the route of a path answers with a stream. */
export function isStreamPath(path: string): boolean {
  const found = path.split('/');
  return compiled.some(
    ({ route, segments }) =>
      route.answer !== 'json' && matchSegments(segments, found, (segment) => segment) !== undefined,
  );
}

export interface Match {
  readonly route: Route;
  /** Values of the path's fields, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

const compiled = ROUTES.map((route) => ({ route, segments: route.path.split('/') }));

/**
 * The route of a request. HEAD goes where GET goes.
 *
 * @throws HttpError 404 for a path that is no route, 405 with `Allow` for another method.
 */
export function matchRoute(method: string, path: string): Match {
  const found = path.split('/');
  const matches = compiled.flatMap(({ route, segments }) => {
    const params = matchSegments(segments, found);
    return params === undefined ? [] : [{ route, params }];
  });
  if (matches.length === 0) throw new HttpError(404, `there is nothing at ${path}`);
  const wanted = method === 'HEAD' ? 'GET' : method;
  const match = matches.find(({ route }) => route.method === wanted);
  if (match !== undefined) return match;
  const allowed = allowedMethods(matches.map(({ route }) => route.method));
  throw new HttpError(405, `${path} does not know ${method}; it knows ${allowed}`, {
    allow: allowed,
  });
}

export function allowedMethods(methods: readonly Route['method'][]): string {
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}

function matchSegments(
  template: readonly string[],
  found: readonly string[],
  read = decode,
): Record<string, string> | undefined {
  if (template.length !== found.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of template.entries()) {
    const value = found[index] ?? '';
    if (segment.startsWith('{')) {
      if (value === '') return undefined;
      params[segment.slice(1, -1)] = read(value);
    } else if (segment !== value) {
      return undefined;
    }
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpError(400, `'${segment}' is not a percent-encoded text`);
  }
}
