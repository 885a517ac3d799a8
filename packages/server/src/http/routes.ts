import { WorkflowService } from '@baton/proto';
import type { DescMethod } from '@bufbuild/protobuf';

/** One plain HTTP+JSON route to an RPC. JSON is the protobuf JSON mapping. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `{field}` is one segment of the path and fills that field of the request. */
  readonly path: string;
  readonly rpc: DescMethod;
  /**
   * Where the fields come from that are not in the path: the body of a POST, the query of a GET. A
   * streaming RPC answers server-sent events.
   */
  readonly fields: 'body' | 'query';
}

const { method } = WorkflowService;

/** Every route, in the order of the documentation. */
export const ROUTES: readonly Route[] = [
  post('/api/workflows/{project_id}/start', method.startWorkflow),
  post('/api/workflows/{workflow_id}/advance', method.advanceWorkflow),
  get('/api/workflows/{workflow_id}/status', method.getWorkflowStatus),
  post('/api/workflows/{workflow_id}/request-retry', method.requestRetry),
  get('/api/workflows/{workflow_id}/history', method.getWorkflowHistory),
  post('/api/workflows/{workflow_id}/rollback', method.rollbackWorkflow),
  get('/api/workflows/project/{project_id}/stats', method.getProjectStats),
  post('/api/workflows/{workflow_id}/answer', method.answerQuestion),
  post('/api/workflows/{workflow_id}/approval', method.decideApproval),
  get('/api/workflows', method.listWorkflows),
  get('/api/workflows/{workflow_id}/events', method.watchWorkflow),
  get('/api/definitions/{name}', method.getDefinition),
];

function get(path: string, rpc: DescMethod): Route {
  return { method: 'GET', path, rpc, fields: 'query' };
}

function post(path: string, rpc: DescMethod): Route {
  return { method: 'POST', path, rpc, fields: 'body' };
}
