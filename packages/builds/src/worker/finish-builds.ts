import { BatonError, type RunnerReport } from '@baton/core';
import type { Operations } from '../operations/operations.ts';
import { summarize } from '../run/build-summary.ts';
import { handOver } from '../run/hand-over.ts';
import type { Prepared } from '../run/prepare-build.ts';
import type { WorkerObserver } from './worker-options.ts';
import { requestIn } from './worker-roles.ts';

/** Hands over the work of builds whose last phase was performed here. */
export interface BuildFinisher {
  heard(report: RunnerReport): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

export function createBuildFinisher(
  { config, workspaces }: Pick<Prepared, 'config' | 'workspaces'>,
  operations: Operations,
  observer: WorkerObserver,
): BuildFinisher {
  const underWay = new Set<Promise<void>>();

  async function finish({ assignment }: Extract<RunnerReport, { kind: 'outcome' }>) {
    const { workflowId, requirements } = assignment;
    const { completedAt } = await operations.status({ workflowId });
    if (completedAt === undefined) return;
    const summary = await summarize(operations, workflowId);
    const found = await handOver(summary, requestIn(requirements), workspaces, config.handOver);
    if (found !== undefined) observer.handedOver?.(workflowId, found);
  }

  return {
    heard(report) {
      if (report.kind !== 'outcome' || report.outcome.kind !== 'advance') return;
      const { role, workflowId } = report.assignment;
      if (role !== 'release_manager') return;
      const finishing = finish(report)
        .catch((reason) => observer.troubled?.(BatonError.from(reason), workflowId))
        .finally(() => underWay.delete(finishing));
      underWay.add(finishing);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
