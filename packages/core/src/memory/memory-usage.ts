import {
  addCounters,
  NO_USAGE_COUNTERS,
  type UsageCounters,
  type UsageDelta,
  type UsageKey,
  type UsageSum,
} from '../model/usage-counters.ts';
import type { UsageQuery } from '../ports/workflow-store.ts';
import { byGroup } from './order.ts';

/** What the attempts of each project have used, by day. */
export interface MemoryUsage {
  add(projectId: string, deltas: readonly UsageDelta[]): void;
  read(query: UsageQuery): readonly UsageSum[];
}

export function createMemoryUsage(): MemoryUsage {
  const projects = new Map<string, Map<string, Groups>>();

  return {
    add(projectId, deltas) {
      const days = projects.get(projectId) ?? new Map<string, Groups>();
      projects.set(projectId, days);
      for (const delta of deltas) {
        const { day, role, model } = delta;
        const groups = days.get(day) ?? new Map();
        days.set(day, groups);
        addTo(groups, { role, model }, delta);
      }
    },
    read({ projectId, from, to, byDay, after, limit }) {
      const sums: Groups = new Map();
      for (const [day, groups] of projects.get(projectId) ?? []) {
        if (day < from || day >= to) continue;
        for (const sum of groups.values()) {
          const { role, model } = sum;
          addTo(sums, { role, model, ...(byDay && { day }) }, sum);
        }
      }
      return pageOfGroups([...sums.values()], after, limit);
    },
  };
}

type Groups = Map<string, UsageSum>;

function addTo(groups: Groups, by: UsageKey, more: UsageCounters): void {
  const key = JSON.stringify([by.role, by.model, by.day]);
  const sum = addCounters(groups.get(key) ?? NO_USAGE_COUNTERS, more);
  groups.set(key, { ...by, ...sum });
}

/** The first groups behind `after`, in their order. */
export function pageOfGroups(
  sums: readonly UsageSum[],
  after: UsageKey | undefined,
  limit: number,
): readonly UsageSum[] {
  return sums
    .filter((sum) => after === undefined || byGroup(sum, after) > 0)
    .sort(byGroup)
    .slice(0, limit);
}
