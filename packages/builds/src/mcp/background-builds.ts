import { BatonError, type RoleAdapter } from '@baton/core';
import type { BuildStarter, RoleDesk, StartedBuild } from '@baton/mcp';
import type { Caller } from '../caller.ts';
import type { BuildObserver } from '../run/build-observer.ts';
import type { BuildResult, PerformOptions } from '../run/build-options.ts';
import { resumeBuild } from '../run/resume-build.ts';
import { runBuild } from '../run/run-build.ts';

export interface BackgroundBuildOptions {
  readonly workspace: string;
  readonly config: string | undefined;
  readonly caller: Caller;
  /** Performs the roles that clients act as. */
  readonly desk: RoleDesk;
  /** Hears how performances end, and what goes wrong in them. */
  readonly log: (line: string) => void;
}

/** Builds that this process performs while it serves clients. */
export interface BackgroundBuilds {
  readonly start: BuildStarter;
  /** Goes on with a build of this process that waited for a person, who has decided. */
  goOn(workflowId: string): void;
  /** Ends every performance in order. Builds can be gone on with. */
  close(): Promise<void>;
}

interface Performance {
  readonly actAs: readonly string[];
  readonly roles: readonly RoleAdapter[];
  ended: Promise<void> | undefined;
  /** Whether a person has decided since it began. */
  decided: boolean;
}

/**
 * Performs builds in the background.
 *
 * 1. `performances` has each build that this process has begun or gone on with, by the id of its workflow.
 * 2. `ended` is there while the build is performed.
 * 3. A decision is never lost: one that comes while a performance ends begins another.
 */
export function createBackgroundBuilds(options: BackgroundBuildOptions): BackgroundBuilds {
  const { workspace, config, caller, desk, log } = options;
  const closing = new AbortController();
  const performances = new Map<string, Performance>();
  /** Builds that are asked for one after the other, so that a second asking finds the first. */
  let last: Promise<unknown> = Promise.resolve();

  function performOptions(
    performance: Performance,
    observer: BuildObserver,
  ): PerformOptions & { readonly workspace: string } {
    return {
      ...caller,
      ...{ workspace, config, observer, roles: performance.roles, signal: closing.signal },
    };
  }

  /** Keeps a performance until it ends, whatever comes of it. */
  function keep(workflowId: string, performance: Performance, performing: Promise<BuildResult>) {
    performances.set(workflowId, performance);
    performance.ended = performing
      .then(
        ({ kind }) => log(`build ${workflowId}: ${kind}`),
        (reason) => log(`build ${workflowId}: ${BatonError.from(reason).message}`),
      )
      .finally(() => {
        performance.ended = undefined;
        if (performance.decided) goOn(workflowId);
      });
  }

  function goOn(workflowId: string): void {
    const performance = performances.get(workflowId);
    if (performance === undefined || closing.signal.aborted) return;
    performance.decided = performance.ended !== undefined;
    if (performance.decided) return;
    const resumed = resumeBuild({ ...performOptions(performance, {}), id: workflowId });
    keep(workflowId, performance, resumed);
  }

  async function start(wanted: Parameters<BuildStarter>[0]): Promise<StartedBuild> {
    const { request, projectId, buildId, by, actAs, principal } = wanted;
    const roles = actAs.map((role) => desk.adapterOf(role, { ...principal, worker: by }));
    const performance: Performance = { actAs, roles, ended: undefined, decided: false };
    const opened = Promise.withResolvers<StartedBuild>();
    const observer: BuildObserver = {
      opened: ({ status, begun }) => opened.resolve({ workflowId: status.workflowId, begun }),
    };
    const abandoned = new AbortController();
    const performing = runBuild({
      ...performOptions(performance, observer),
      ...{ request, projectId, buildId, userId: by },
      signal: AbortSignal.any([closing.signal, abandoned.signal]),
    });
    const broken = performing.then(() => new Promise<never>(() => undefined));
    const found = await Promise.race([opened.promise, broken]);
    const before = performances.get(found.workflowId);
    if (before?.ended === undefined) {
      keep(found.workflowId, performance, performing);
      return found;
    }
    abandoned.abort();
    await performing.catch(() => undefined);
    refuseOthers(before.actAs, actAs);
    return found;
  }

  return {
    start(wanted) {
      const starting = last.then(() => start(wanted));
      last = starting.catch(() => undefined);
      return starting;
    },
    goOn,
    async close() {
      closing.abort();
      await last;
      await Promise.all([...performances.values()].map(({ ended }) => ended));
    },
  };
}

/** @throws BatonError `wrong_state` when the build is performed by other roles than now asked for. */
function refuseOthers(found: readonly string[], asked: readonly string[]): void {
  if (asked.every((role) => found.includes(role))) return;
  const named = found.length === 0 ? 'none' : found.join(', ');
  const message = `the build is performed already, and clients act in it as ${named}: start another one, or wait until it has ended`;
  throw new BatonError('wrong_state', message, { legal: found });
}
