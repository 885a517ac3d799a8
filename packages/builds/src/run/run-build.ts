import { hostname, userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { BatonError } from '@baton/core';
import { checkRulesAgainstServer, PEOPLE, peopleOf } from '../config/check-against-server.ts';
import { chooseDefinition, refuseOtherEnding } from '../config/definition-of.ts';
import { startingBy } from '../operations/starting-by.ts';
import { refuseFeatures } from '../state/refuse-features.ts';
import { commandLines } from '../text/command-lines.ts';
import { buildIdOf } from './build-id.ts';
import type { BuildOptions, BuildResult } from './build-options.ts';
import { findBuild } from './find-build.ts';
import { type Choosing, type ChosenBuild, performChosen } from './perform-chosen.ts';

/**
 * Performs a build on a git repository with the roles of its configuration, until it is complete or
 * waits; what `baton run` does, with the same sandbox, protected paths, accounting for files and records.
 * The work is in a git worktree of its own. The same call goes on with a build that was interrupted, tells
 * of one that has ended, and follows one that another process performs.
 *
 * @throws BatonError `invalid_input` or `not_found` for what keeps a build from beginning (the repository, the
 * configuration, a sandbox that is not there), `already_exists` when the build id is taken by another
 * request, and what goes wrong outside of the roles.
 * @example
 * import { runBuild } from '@baton/builds';
 * const result = await runBuild({
 *   request: 'Build me a dark mode feature',
 *   workspace: '/srv/shop',
 *   observer: { happened: ({ type }) => console.log(type) },
 * });
 * if (result.kind === 'complete') console.log(result.handedOver);
 */
export async function runBuild(options: BuildOptions): Promise<BuildResult> {
  if (options.request.trim() === '')
    throw invalid('request', 'found nothing; expected what to build');
  refuseMixed(options);
  if (options.another && options.buildId !== undefined) {
    throw invalid('another', 'goes without a build id: name another build instead');
  }
  const cwd = options.cwd ?? process.cwd();
  const absolute = (path: string | undefined) =>
    path === undefined ? undefined : resolve(cwd, path);
  const { server, userId } = options;
  const cassettes = {
    record: absolute(options.record),
    replay: absolute(options.replay),
    recordModels: absolute(options.recordModels),
    replayModels: absolute(options.replayModels),
  };
  return performChosen(options, { server, userId, ...cassettes }, (choosing) =>
    choose(options, choosing),
  );
}

/** @throws BatonError `invalid_input` for cassettes of which one makes another useless. */
function refuseMixed({ record, replay, recordModels, replayModels }: BuildOptions): void {
  if (record !== undefined && replay !== undefined) {
    throw invalid('record', 'goes without replay: what is replayed was recorded before');
  }
  if (recordModels !== undefined && replayModels !== undefined) {
    throw invalid(
      'recordModels',
      'goes without replayModels: what is replayed was recorded before',
    );
  }
  if (replay === undefined || (recordModels ?? replayModels) === undefined) return;
  const field = recordModels === undefined ? 'replayModels' : 'recordModels';
  throw invalid(field, 'goes without replay: roles that are replayed ask no models');
}

async function choose(options: BuildOptions, choosing: Choosing): Promise<ChosenBuild> {
  const { repository, config, operations, records, redact, metadata, caller } = choosing;
  const { server } = options;
  // It is kept and handed on from here on.
  const request = redact(options.request);
  const derived = buildIdOf(request, repository);
  const definition = await chooseDefinition(config, operations);
  const people = [...peopleOf(config)];
  if (server !== undefined) {
    const described = await operations.describeDefinition(definition);
    checkRulesAgainstServer(config, { server, definition: described });
  }
  const lines = commandLines(caller, repository);
  const found = await findBuild(
    startingBy(operations, definition),
    {
      request,
      projectId: options.projectId ?? config.project ?? basename(repository),
      userId: options.userId ?? config.user ?? userInfo().username,
      buildId: options.buildId ?? derived,
      named: options.buildId !== undefined,
      another: options.another ?? false,
      server,
      metadata: {
        workspace: repository,
        host: hostname(),
        ...(people.length > 0 && { [PEOPLE]: people }),
        ...metadata,
      },
      check: () => refuseFeatures(repository, config, caller.env),
      timeoutMs: msOf(config.limits.timeoutSeconds),
      maxRetries: config.limits.maxRetries,
      budgets: config.budgets,
      resume: (workflowId) => lines.command(`resume ${workflowId}${lines.files}`),
    },
    records.all(),
  );
  refuseOtherEnding(config, found.status);
  const derivedFrom = options.buildId === undefined ? { derivedFrom: derived } : {};
  return { ...found, request: { request, ...derivedFrom } };
}

function invalid(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}

function msOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}
