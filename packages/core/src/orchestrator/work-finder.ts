import { byCodePoint } from '../memory/order.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import type { Taker } from './taker.ts';
import { openRoles } from './turns.ts';

/** The most that a store lists at once. */
const MOST_LISTED = 1000;
/** Projects that are looked through at once for work that was not heard of. */
const PROJECTS_LISTED = 100;

/** Looks into the store for work. Each look begins at the project behind that where the last one ended. */
export interface WorkFinder {
  /**
   * Of two projects at least, as much as these workers have room for.
   *
   * @param besides how much is listed that is being taken already.
   */
  workFor(takers: readonly Taker[], besides: number): Promise<readonly WorkflowSnapshot[]>;
  /** Those of the workflows that have work, though a hint of it was lost: one call for all that have not changed. */
  changedOf(workflowIds: readonly string[]): Promise<readonly WorkflowSnapshot[]>;
  /** The most urgent of each project, of some projects. */
  othersFor(roles: readonly string[]): Promise<readonly WorkflowSnapshot[]>;
}

export function createWorkFinder(context: OrchestratorContext): WorkFinder {
  const { options, store, ready } = context;
  /** Where the last list of all projects ended, and the last one of named ones. */
  const behind = { all: '', named: '' };

  async function list(
    roles: readonly string[],
    limit: number,
    perProject: number,
    projectIds?: readonly string[],
  ): Promise<readonly WorkflowSnapshot[]> {
    const query = { roles, now: options.clock.now(), perProject, projectIds };
    const which = projectIds === undefined ? 'all' : 'named';
    const from = behind[which];
    const found = [...(await store.listClaimable({ ...query, limit, afterProject: from }))];
    const isWhole = found.length < limit;
    if (isWhole && from !== '') {
      const first = await store.listClaimable({ ...query, limit: limit - found.length });
      found.push(...first.filter(({ projectId }) => byCodePoint(projectId, from) <= 0));
    }
    const isCut = found.length === limit;
    const last = isCut ? (found.at(-1)?.projectId ?? '') : '';
    behind[which] = last;
    const isListed = (projectId: string): boolean =>
      isWhole
        ? byCodePoint(projectId, from) > 0 || byCodePoint(projectId, last) <= 0
        : byCodePoint(projectId, from) > 0 && byCodePoint(projectId, last) <= 0;
    const isAsked = (projectId: string): boolean => projectIds?.includes(projectId) ?? true;
    ready.listed(roles, {
      ids: new Set(found.map(({ id }) => id)),
      // A list of some projects says nothing of the others.
      isCut: isCut || (projectIds === undefined ? false : 'as before'),
      more: withMore(found, perProject, isCut),
      covers: (projectId) => isAsked(projectId) && (!isCut || isListed(projectId)),
    });
    return found;
  }

  function isReady({ claim, notBefore }: WorkflowSnapshot): boolean {
    const now = options.clock.now();
    return notBefore <= now && (claim?.expiresAt ?? 0) <= now;
  }

  return {
    async changedOf(workflowIds) {
      const found: WorkflowSnapshot[] = [];
      for (let first = 0; first < workflowIds.length; first += MOST_LISTED) {
        const ids = workflowIds.slice(first, first + MOST_LISTED);
        for (const [id, sequence] of await store.readSequences(ids)) {
          const cached = context.cache.get(id);
          // A claim that seems to have run out may have been renewed in another process.
          if (cached?.sequence === sequence && !isReady(cached)) continue;
          const { snapshot } = await load(context, id);
          if (isReady(snapshot)) found.push(snapshot);
        }
      }
      return found;
    },
    async workFor(takers, besides) {
      const [one] = takers;
      if (takers.length === 1 && one?.workflowId !== undefined) {
        const { snapshot } = await load(context, one.workflowId);
        return isReady(snapshot) ? [snapshot] : [];
      }
      // Work that a limit keeps waiting would take the place of other work in the list.
      const roles = [...new Set(takers.flatMap(({ offers }) => openRoles(context, offers)))];
      if (roles.length === 0) return [];
      const wanted = takers.reduce((sum, taker) => sum + taker.capacity + taker.resting(), 0);
      // What is being taken may all be of one project: of two projects, each has enough then.
      const ofOne = Math.min(wanted + besides, MOST_LISTED / 2);
      return list(roles, 2 * ofOne, ofOne, projectsOf(takers));
    },
    othersFor: (roles) => list(roles, PROJECTS_LISTED, 1),
  };
}

/** The only projects that any of these workers takes work of; undefined: all, or too many to name. */
function projectsOf(takers: readonly Taker[]): readonly string[] | undefined {
  const offers = takers.flatMap((taker) => taker.offers);
  if (offers.some(({ projectIds }) => projectIds === undefined)) return undefined;
  const named = new Set(offers.flatMap(({ projectIds }) => projectIds ?? []));
  return named.size > MOST_LISTED ? undefined : [...named];
}

/** The projects that may have more than was listed of them, with the priority of the last one that was. */
function withMore(
  listed: readonly WorkflowSnapshot[],
  perProject: number,
  isCut: boolean,
): ReadonlyMap<string, number> {
  const counts = new Map<string, { count: number; priority: number }>();
  for (const { projectId, priority = 0 } of listed) {
    counts.set(projectId, { count: (counts.get(projectId)?.count ?? 0) + 1, priority });
  }
  const last = listed.at(-1)?.projectId;
  const found = [...counts].filter(
    ([projectId, { count }]) => count >= perProject || (isCut && projectId === last),
  );
  return new Map(found.map(([projectId, { priority }]) => [projectId, priority]));
}
