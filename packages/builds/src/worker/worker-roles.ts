import {
  type Assignment,
  BatonError,
  type DefinitionDescription,
  type RoleAdapter,
} from '@baton/core';
import { checkAgainstServer } from '../config/check-against-server.ts';
import { refuseOtherEnding } from '../config/definition-of.ts';
import type { Operations } from '../operations/operations.ts';
import { endOrphans, ROLE_VARIABLE, SPARED, WORKFLOW_VARIABLE } from '../run/end-orphans.ts';
import type { Prepared } from '../run/prepare-build.ts';
import { artifactsUrlOf } from '../state/open-artifacts.ts';

export interface WorkerRolesOptions {
  readonly prepared: Prepared;
  readonly operations: Pick<Operations, 'describeDefinition'>;
  /** Address of the server. */
  readonly server: string;
}

/** The roles of a configuration for the builds of a server, each made anew for the build that it works on. */
export function createWorkerRoles(options: WorkerRolesOptions): readonly RoleAdapter[] {
  const { prepared, operations, server } = options;
  const { config, makeRoles } = prepared;
  const remember = createMemory(options);
  return makeRoles(() => ({})).map(({ role, principal, reserve, judges }) => ({
    ...{ role, principal, reserve, judges },
    async perform(assignment, context) {
      const { workflowId, definition: by } = assignment;
      const definition = await operations.describeDefinition(by);
      const roles = makeRoles(
        (name) => ({ [WORKFLOW_VARIABLE]: workflowId, [ROLE_VARIABLE]: name }),
        definition,
      );
      refuseOthersWork(assignment, () => {
        // The phases before are the same, however a build ends.
        if (role === 'release_manager') {
          refuseOtherEnding(config, { ...assignment, completedAt: undefined });
        }
        checkAgainstServer(config, { server, definition, roles, replayed: false });
      });
      endOrphans(workflowId, SPARED);
      remember(assignment);
      return adapterOf(roles, role, definition).perform(assignment, context);
    },
  }));
}

function adapterOf(
  roles: readonly RoleAdapter[],
  role: string,
  { name }: DefinitionDescription,
): RoleAdapter {
  const found = roles.find((one) => one.role === role);
  if (found !== undefined) return found;
  throw new BatonError('internal', `no adapter performs role '${role}' of definition '${name}'`);
}

/** How long work that this worker cannot do is left to others, in milliseconds. */
const LEFT_TO_OTHERS_MS = 60_000;

/** Work that this configuration cannot do goes to another worker: it is not the build's failure, nor an attempt. */
function refuseOthersWork({ state }: Assignment, check: () => void): void {
  try {
    check();
  } catch (reason) {
    const { message } = BatonError.from(reason);
    const problem = `this worker cannot perform '${state}' of the build: ${message}`;
    const metadata = { retryAfterMs: String(LEFT_TO_OTHERS_MS) };
    throw new BatonError('cancelled', problem, { retryable: true, metadata, cause: reason });
  }
}

/** Writes down each build that is worked on, so that commands find it: take, logs, prune. */
function createMemory({ prepared, server }: WorkerRolesOptions): (assignment: Assignment) => void {
  const { records, config } = prepared;
  const known = new Set<string>();
  return ({ workflowId, buildId, projectId, requirements }) => {
    if (known.has(workflowId)) return;
    known.add(workflowId);
    if (records.all().some((one) => one.workflowId === workflowId)) return;
    records.write({
      ...{ workflowId, buildId, projectId, server, request: requestIn(requirements) },
      config: config.path,
      startedAt: Date.now(),
      artifacts: artifactsUrlOf(config),
    });
  };
}

/** What a build was asked for, in words. */
export function requestIn({ request, ...others }: Assignment['requirements']): string {
  if (typeof request === 'string' && request.trim() !== '') return request;
  return JSON.stringify({ ...(request !== undefined && { request }), ...others });
}
