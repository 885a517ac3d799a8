import type { Orchestrator } from '@baton/core';
import { unknownWorkflow } from '@baton/core/internal';
import { type Caller, isAmong } from './caller.ts';
import { hiddenProject } from './refusals.ts';

/** Which workflows and projects there are to a caller. */
export interface Projects {
  /** @throws BatonError `not_found`, as for a project that does not exist. */
  expectProject(caller: Caller, projectId: string): void;
  /** @throws BatonError `not_found`, as for a workflow that does not exist. */
  expectWorkflow(caller: Caller, workflowId: string): Promise<void>;
  /** Whether the workflow is there, to the caller. */
  isThere(caller: Caller, workflowId: string): Promise<boolean>;
}

/** Workflows whose project is remembered. It never changes. */
const MOST_REMEMBERED = 50_000;

export function createProjects({ status }: Pick<Orchestrator, 'status'>): Projects {
  const projects = new Map<string, string>();

  async function projectOf(workflowId: string): Promise<string> {
    const known = projects.get(workflowId);
    if (known !== undefined) return known;
    const { projectId } = await status({ workflowId });
    if (projects.size >= MOST_REMEMBERED) projects.delete(projects.keys().next().value as string);
    projects.set(workflowId, projectId);
    return projectId;
  }

  async function expectWorkflow({ grant }: Caller, workflowId: string): Promise<void> {
    if (grant.projects === '*') return;
    if (!grant.projects.includes(await projectOf(workflowId))) throw unknownWorkflow(workflowId);
  }

  return {
    expectProject({ grant }, projectId) {
      if (!isAmong(projectId, grant.projects)) throw hiddenProject(projectId);
    },
    expectWorkflow,
    async isThere(caller, workflowId) {
      try {
        await expectWorkflow(caller, workflowId);
        return true;
      } catch (reason) {
        if (isNotFound(reason)) return false;
        throw reason;
      }
    },
  };
}

function isNotFound(reason: unknown): boolean {
  return (reason as { readonly code?: unknown }).code === 'not_found';
}
