/** Ids that are kept of one role. What does not fit is found in the store later. */
const MOST_OF_A_ROLE = 10_000;

/** Workflows that may have work that no worker takes now, by the role that is to act. */
export interface ReadyWork {
  add(role: string, workflowId: string): void;
  remove(workflowId: string): void;
  /** The first for one of `roles` that `suits`; it is removed. */
  take(roles: readonly string[], suits: (workflowId: string) => boolean): ReadyEntry | undefined;
  clear(role: string): void;
  /** Whether the store may have more work of the role than is known here. */
  isCut(role: string): boolean;
  /** Says so, or that all is known. */
  setCut(role: string, isCut: boolean): void;
}

interface ReadyEntry {
  readonly role: string;
  readonly workflowId: string;
}

export function createReadyWork(): ReadyWork {
  const byRole = new Map<string, Set<string>>();
  const roles = new Map<string, string>();
  const cut = new Set<string>();

  function remove(workflowId: string): void {
    const role = roles.get(workflowId);
    if (role === undefined) return;
    roles.delete(workflowId);
    byRole.get(role)?.delete(workflowId);
  }

  return {
    add(role, workflowId) {
      remove(workflowId);
      const known = byRole.get(role) ?? new Set();
      byRole.set(role, known);
      if (known.size >= MOST_OF_A_ROLE) {
        cut.add(role);
        return;
      }
      known.add(workflowId);
      roles.set(workflowId, role);
    },
    remove,
    take(wanted, suits) {
      for (const role of wanted) {
        for (const workflowId of byRole.get(role) ?? []) {
          if (!suits(workflowId)) continue;
          remove(workflowId);
          return { role, workflowId };
        }
      }
      return undefined;
    },
    clear(role) {
      for (const workflowId of byRole.get(role) ?? []) roles.delete(workflowId);
      byRole.delete(role);
      cut.delete(role);
    },
    isCut: (role) => cut.has(role),
    setCut: (role, isCut) => void (isCut ? cut.add(role) : cut.delete(role)),
  };
}
