/*
 * 1. Of a project that has more work than is known here, what is known is the most urgent: what is heard of and is no
 *    more urgent than the last one of a list is left out. The store has it, and a later list finds it in its place.
 * 2. Projects take turns. One that was served goes behind all that wait by then.
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
  /** What a commit or a hint tells of. */
  hear(work: Work): void;
  /**
   * Says what a list of the store has shown of these roles.
   *
   * @param isCut whether it ended before all projects were listed.
   * @param more the projects with more than was listed, with the priority of the last one.
   * @param covers whether the list would have had the project, had it any work.
   */
  listed(
    roles: readonly string[],
    list: {
      readonly isCut: boolean;
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
  ): Work | undefined;
  /** Whether a project that `waits` has work for one of the roles. */
  hasFor(roles: readonly string[], waits: (projectId: string, role: string) => boolean): boolean;
  clear(role: string): void;
  /** Whether the store may have projects with work of the role that are not known here. */
  isCut(role: string): boolean;
  /** Whether the store is to be asked: it may have work for the role whose turn it is, and none is known. */
  isShort(role: string): boolean;
}

/** A workflow that may have work. */
export interface Work {
  readonly workflowId: string;
  /** The role that is to act. */
  readonly role: string;
  readonly projectId: string;
  readonly priority: number;
}

/** Of one project for one role: ids by priority, in the order in which they came. */
type Backlog = Map<number, Set<string>>;

export function createReadyWork(): ReadyWork {
  const entries = new Map<string, Work>();
  /** By role, the projects in the order of their turns. */
  const byRole = new Map<string, Map<string, Backlog>>();
  const sizes = new Map<string, number>();
  const cut = new Set<string>();
  /** By role, the projects with more work in the store, with the priority below which it is not all known. */
  const horizons = new Map<string, Map<string, number>>();
  /** Of these, the projects of which no work is known. */
  const short = new Map<string, Set<string>>();
  /** The project that was served last: it goes behind all that wait by then. */
  let served: string | undefined;

  function remove(workflowId: string): void {
    const work = entries.get(workflowId);
    if (work === undefined) return;
    entries.delete(workflowId);
    const { role, projectId, priority } = work;
    sizes.set(role, (sizes.get(role) ?? 1) - 1);
    const projects = byRole.get(role);
    const backlog = projects?.get(projectId);
    const ids = backlog?.get(priority);
    ids?.delete(workflowId);
    if (ids?.size === 0) backlog?.delete(priority);
    if (backlog?.size !== 0) return;
    projects?.delete(projectId);
    if (horizons.get(role)?.has(projectId)) within(short, role, newSet).add(projectId);
  }

  function setHorizon(role: string, projectId: string, priority: number | undefined): void {
    short.get(role)?.delete(projectId);
    if (priority === undefined) {
      horizons.get(role)?.delete(projectId);
      return;
    }
    within(horizons, role, newMap<number>).set(projectId, priority);
    const isKnown = byRole.get(role)?.has(projectId) ?? false;
    if (!isKnown) within(short, role, newSet).add(projectId);
  }

  function endTurn(): void {
    if (served === undefined) return;
    for (const projects of byRole.values()) {
      const backlog = projects.get(served);
      if (backlog === undefined) continue;
      projects.delete(served);
      projects.set(served, backlog);
    }
    served = undefined;
  }

  function firstOf(backlog: Backlog, suits: (workflowId: string) => boolean): string | undefined {
    const priorities = backlog.size === 1 ? backlog.keys() : [...backlog.keys()].sort(descending);
    for (const priority of priorities) {
      for (const workflowId of backlog.get(priority) ?? [])
        if (suits(workflowId)) return workflowId;
    }
    return undefined;
  }

  function add(work: Work): void {
    const { workflowId, role, projectId, priority } = work;
    remove(workflowId);
    const projects = within(byRole, role, newMap<Backlog>);
    const backlog: Backlog = projects.get(projectId) ?? new Map();
    const size = sizes.get(role) ?? 0;
    const ofProject = [...backlog.values()].reduce((sum, ids) => sum + ids.size, 0);
    if (size >= MOST_OF_A_ROLE || ofProject >= MOST_OF_A_PROJECT) {
      setHorizon(role, projectId, Math.max(priority, horizonOf(role, projectId)));
      return;
    }
    projects.set(projectId, backlog);
    backlog.set(priority, (backlog.get(priority) ?? new Set()).add(workflowId));
    sizes.set(role, size + 1);
    entries.set(workflowId, work);
    short.get(role)?.delete(projectId);
  }

  function horizonOf(role: string, projectId: string): number {
    return horizons.get(role)?.get(projectId) ?? Number.NEGATIVE_INFINITY;
  }

  return {
    add,
    hear(work) {
      remove(work.workflowId);
      if (work.priority > horizonOf(work.role, work.projectId)) add(work);
    },
    listed(roles, { isCut, more, covers }) {
      for (const role of roles) {
        if (isCut) cut.add(role);
        else cut.delete(role);
        for (const projectId of [...(horizons.get(role)?.keys() ?? [])]) {
          if (covers(projectId)) setHorizon(role, projectId, undefined);
        }
        for (const [projectId, priority] of more) setHorizon(role, projectId, priority);
      }
    },
    remove,
    has: (workflowId) => entries.has(workflowId),
    take(roles, isOpen, suits) {
      endTurn();
      for (const role of roles) {
        for (const [projectId, backlog] of byRole.get(role) ?? []) {
          if (!isOpen(projectId, role)) continue;
          const workflowId = firstOf(backlog, suits);
          const work = workflowId === undefined ? undefined : entries.get(workflowId);
          if (work === undefined) continue;
          remove(work.workflowId);
          served = projectId;
          return work;
        }
      }
      return undefined;
    },
    hasFor(roles, waits) {
      endTurn();
      for (const role of roles) {
        let asked = 0;
        for (const projectId of byRole.get(role)?.keys() ?? []) {
          if (waits(projectId, role)) return true;
          if (++asked === MOST_ASKED) break;
        }
      }
      return false;
    },
    clear(role) {
      for (const backlog of byRole.get(role)?.values() ?? []) {
        for (const ids of backlog.values()) for (const id of ids) entries.delete(id);
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
      return cut.has(role) && (byRole.get(role)?.size ?? 0) === 0;
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

function descending(a: number, b: number): number {
  return b - a;
}
