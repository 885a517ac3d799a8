import { BatonError, type Orchestrator } from '@baton/core';
import { unknownWorkflow } from '@baton/core/internal';
import { type Caller, isAmong } from './caller.ts';
import { createRecentMap } from './recent-map.ts';
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
  const projects = createRecentMap<string>(MOST_REMEMBERED);

  async function projectOf(workflowId: string): Promise<string> {
    const known = projects.get(workflowId);
    if (known !== undefined) return known;
    const { projectId } = await status({ workflowId });
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
        if (BatonError.from(reason).code === 'not_found') return false;
        throw reason;
      }
    },
  };
}
