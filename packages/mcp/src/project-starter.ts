import { createHash } from 'node:crypto';
import { BatonError, type Orchestrator } from '@baton/core';
import type { BuildStarter } from './mcp-options.ts';

/** Characters of a request that its build's id shows. */
const SHOWN = 40;

/**
 * Starts builds that workers perform, clients of the desk among them. The id of a build derives from its
 * request, so that asking twice is asking once.
 *
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * import { createProjectStarter } from '@baton/mcp';
 * const start = createProjectStarter(createOrchestrator({ store: await createMemoryStore() }));
 */
export function createProjectStarter({ start }: Pick<Orchestrator, 'start'>): BuildStarter {
  return async ({ request, projectId, buildId, by }) => {
    if (projectId === undefined) {
      const description = 'found nothing; expected the id of the project';
      throw new BatonError('invalid_input', `projectId: ${description}`, {
        violations: [{ field: 'projectId', description }],
      });
    }
    const id = buildId ?? buildIdOf(request);
    const requirements = { request };
    try {
      const { workflowId } = await start({ projectId, buildId: id, userId: by, requirements });
      return { workflowId, begun: true };
    } catch (reason) {
      const { code, metadata } = BatonError.from(reason);
      const workflowId = metadata['workflowId'];
      if (code !== 'already_exists' || workflowId === undefined) throw reason;
      return { workflowId, begun: false };
    }
  };
}

function buildIdOf(request: string): string {
  const words = request.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const shown = words.slice(0, SHOWN).replaceAll(/^-+|-+$/g, '');
  const digest = createHash('sha256').update(request).digest('hex').slice(0, 8);
  return shown === '' ? digest : `${shown}-${digest}`;
}
