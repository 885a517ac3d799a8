import { type Backlog, createBacklog, type PlacedWork, type Work } from './backlog.ts';

/*
 * 1. Of a project that has more work than is known here, what is known is the most urgent: what is heard of and is no
 *    more urgent than the last one of a list is left out. The store has it, and a later list finds it in its place.
 * 2. Projects take turns, whatever roles their work is for. One that was served goes behind all that wait by then.
 * 3. Of a project the most urgent is next, of equal ones that which came first.
 */

/** Ids that are kept of one project for a role, and of all for a role. What does not fit is found in the store later. */
const MOST_OF_A_PROJECT = 1000;
const MOST_OF_A_ROLE = 50_000;
/** Projects that are asked whether they wait, each time: the next ones in their turn. */
const MOST_ASKED = 16;

/** Workflows that may have work that no worker takes now, by the role that is to act. Projects take turns. */
export interface ReadyWork {
  /** What the store lists. */
  add(work: Work): void;
  /** What was taken and could not be had now: to the place that it had. */
  putBack(work: PlacedWork): void;
  /** What a commit or a hint tells of. */
  hear(work: Work): void;
  /**
   * Says what a list of the store has shown of these roles.
   *
   * @param ids what it has shown.
   * @param isCut whether there is work that it has not shown, of whatever project.
   * @param more the projects with more than was listed, with the priority of the last one.
   * @param covers whether the list would have had the project, had it any work.
   */
  listed(
    roles: readonly string[],
    list: {
      readonly ids: ReadonlySet<string>;
      readonly isCut: boolean | 'as before';
      readonly more: ReadonlyMap<string, number>;
      readonly covers: (projectId: string) => boolean;
    },
  ): void;
  remove(workflowId: string): void;
  has(workflowId: string): boolean;
  /**
   * The most urgent for one of `roles` of the project whose turn it is; it is removed.
   *
   * @param isOpen whether the project may have more work of the role.
   * @param suits whether the caller may have the workflow.
   */
  take(
    roles: readonly string[],
    isOpen: (projectId: string, role: string) => boolean,
    suits: (workflowId: string) => boolean,
  ): PlacedWork | undefined;
  /** Whether a project that `waits` has work for one of the roles. */
  hasFor(roles: readonly string[], waits: (projectId: string, role: string) => boolean): boolean;
  clear(role: string): void;
  /** Whether the store may have projects with work of the role that are not known here. */
  isCut(role: string): boolean;
  /** Whether the store is to be asked: it may have work for the role whose turn it is, and none is known. */
  isShort(role: string): boolean;
}

/** What is known of one project for one role. */
interface Queue {
  /** Lower ones have their turn earlier. */
  turn: number;
  readonly backlog: Backlog;
}

export function createReadyWork(): ReadyWork {
  const entries = new Map<string, PlacedWork>();
  /** By role, the projects in the order of their turns; also those of which the store alone has work. */
  const byRole = new Map<string, Map<string, Queue>>();
  const sizes = new Map<string, number>();
  const cut = new Set<string>();
  /** By role, the projects with more work in the store, with the priority below which it is not all known. */
  const horizons = new Map<string, Map<string, number>>();
  /** Of these, the projects of which no work is known. */
  const short = new Map<string, Set<string>>();
  /** The project that was served last: it goes behind all that wait by then. */
  let served: string | undefined;
  let turns = 0;
  let places = 0;

  function remove(workflowId: string): void {
    const work = entries.get(workflowId);
    if (work === undefined) return;
    entries.delete(workflowId);
    const { role, projectId } = work;
    sizes.set(role, (sizes.get(role) ?? 1) - 1);
    const projects = byRole.get(role);
    const backlog = projects?.get(projectId)?.backlog;
    backlog?.remove(work);
    if (backlog?.size() !== 0) return;
    // What the store has more work of keeps its turn.
    if (horizons.get(role)?.has(projectId)) within(short, role, newSet).add(projectId);
    else projects?.delete(projectId);
  }

  function isKnown(role: string, projectId: string): boolean {
    return (byRole.get(role)?.get(projectId)?.backlog.size() ?? 0) > 0;
  }

  function setHorizon(role: string, projectId: string, priority: number | undefined): void {
    short.get(role)?.delete(projectId);
    if (priority === undefined) {
      horizons.get(role)?.delete(projectId);
      if (!isKnown(role, projectId)) byRole.get(role)?.delete(projectId);
      return;
    }
    within(horizons, role, newMap<number>).set(projectId, priority);
    if (!isKnown(role, projectId)) within(short, role, newSet).add(projectId);
  }

  function endTurn(): void {
    if (served === undefined) return;
    turns++;
    for (const projects of byRole.values()) {
      const queue = projects.get(served);
      if (queue === undefined) continue;
      queue.turn = turns;
      projects.delete(served);
      projects.set(served, queue);
    }
    served = undefined;
  }

  function add(work: Work): void {
    enter({ ...work, place: places++ }, (backlog, placed) => backlog.add(placed));
  }

  function enter(work: PlacedWork, how: (backlog: Backlog, work: PlacedWork) => void): void {
    const { workflowId, role, projectId, priority } = work;
    const known = entries.get(workflowId);
    const queue = byRole.get(role)?.get(projectId) ?? { turn: ++turns, backlog: createBacklog() };
    const { backlog } = queue;
    if (known?.role === role && known.projectId === projectId) {
      // In its queue, which keeps its turn.
      backlog.remove(known);
      how(backlog, work);
      entries.set(workflowId, work);
      return;
    }
    remove(workflowId);
    const isFull = backlog.size() >= MOST_OF_A_PROJECT || (sizes.get(role) ?? 0) >= MOST_OF_A_ROLE;
    const leaving = isFull ? backlog.upTo(priority - 1).at(-1) : undefined;
    if (isFull) {
      const left = leaving?.priority ?? priority;
      setHorizon(role, projectId, Math.max(left, horizonOf(role, projectId)));
      if (leaving === undefined) return;
    }
    within(byRole, role, newMap<Queue>).set(projectId, queue);
    how(backlog, work);
    sizes.set(role, (sizes.get(role) ?? 0) + 1);
    entries.set(workflowId, work);
    // What is known of a project is more urgent than what is not, whatever role it is for.
    for (const projects of short.values()) projects.delete(projectId);
    if (leaving !== undefined) remove(leaving.workflowId);
  }

  /** The project whose turn it is, of those with work for one of the roles. */
  function next(
    roles: readonly string[],
    isOpen: (projectId: string, role: string) => boolean,
    suits: (workflowId: string) => boolean,
  ): string | undefined {
    let found: { readonly projectId: string; readonly turn: number } | undefined;
    for (const role of roles) {
      for (const [projectId, { turn, backlog }] of byRole.get(role) ?? []) {
        if (found !== undefined && found.turn <= turn) break;
        if (!isOpen(projectId, role) || backlog.first(suits) === undefined) continue;
        found = { projectId, turn };
        break;
      }
    }
    return found?.projectId;
  }

  function horizonOf(role: string, projectId: string): number {
    return horizons.get(role)?.get(projectId) ?? Number.NEGATIVE_INFINITY;
  }

  return {
    add,
    putBack(work) {
      if (!entries.has(work.workflowId)) enter(work, (backlog, one) => backlog.putBack(one));
    },
    hear(work) {
      remove(work.workflowId);
      const { role, projectId, priority } = work;
      if (priority > horizonOf(role, projectId)) add(work);
      else if (!isKnown(role, projectId)) within(short, role, newSet).add(projectId);
    },
    listed(roles, { ids, isCut, more, covers }) {
      for (const role of roles) {
        if (isCut === true) cut.add(role);
        else if (isCut === false) cut.delete(role);
        for (const projectId of [...(horizons.get(role)?.keys() ?? [])]) {
          if (covers(projectId)) setHorizon(role, projectId, undefined);
        }
        for (const [projectId, priority] of more) {
          const known = byRole.get(role)?.get(projectId)?.backlog.upTo(priority) ?? [];
          for (const { workflowId } of known) if (!ids.has(workflowId)) remove(workflowId);
          setHorizon(role, projectId, priority);
        }
      }
    },
    remove,
    has: (workflowId) => entries.has(workflowId),
    take(roles, isOpen, suits) {
      endTurn();
      const projectId = next(roles, isOpen, suits);
      if (projectId === undefined) return undefined;
      const [work] = roles
        .filter((role) => isOpen(projectId, role))
        .flatMap((role) => byRole.get(role)?.get(projectId)?.backlog.first(suits) ?? [])
        .sort((a, b) => b.priority - a.priority || a.place - b.place);
      if (work === undefined) return undefined;
      remove(work.workflowId);
      served = projectId;
      return work;
    },
    hasFor(roles, waits) {
      endTurn();
      if (entries.size === 0) return false;
      for (const role of roles) {
        let asked = 0;
        for (const [projectId, { backlog }] of byRole.get(role) ?? []) {
          if (backlog.size() === 0) continue;
          if (waits(projectId, role)) return true;
          if (++asked === MOST_ASKED) break;
        }
      }
      return false;
    },
    clear(role) {
      for (const { backlog } of byRole.get(role)?.values() ?? []) {
        for (const one of backlog.upTo(Number.POSITIVE_INFINITY)) entries.delete(one.workflowId);
      }
      byRole.delete(role);
      sizes.delete(role);
      cut.delete(role);
      horizons.delete(role);
      short.delete(role);
    },
    isCut: (role) => cut.has(role),
    isShort(role) {
      if ((short.get(role)?.size ?? 0) > 0) return true;
      return cut.has(role) && (sizes.get(role) ?? 0) === 0;
    },
  };
}

const newSet = (): Set<string> => new Set();

function newMap<T>(): Map<string, T> {
  return new Map();
}

function within<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
