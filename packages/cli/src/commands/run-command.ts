import { hostname, userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { definitionRequestOf } from '../config/definition-of.ts';
import { PEOPLE, peopleOf } from '../config/hold-to-demands.ts';
import { holdRulesToServer } from '../config/hold-to-server.ts';
import { refuseOtherEnding } from '../config/refuse-other-ending.ts';
import { refuseFeatures } from '../embedded/refuse-features.ts';
import { startingBy } from '../operations/starting-by.ts';
import { type LocationFlags, locationFlags } from '../output/location-flags.ts';
import { buildIdOf } from '../run/build-id.ts';
import { findBuild } from '../run/find-build.ts';
import { type ChosenBuild, type Prepared, runBuild } from '../run/run-build.ts';
import { buildObserver, promptOutput } from './build-observer.ts';
import { createCommand } from './operation-command.ts';

interface RunCommandOptions {
  readonly workspace: string;
  readonly config?: string;
  readonly server?: string;
  readonly project?: string;
  readonly build?: string;
  readonly user?: string;
  readonly new?: true;
  readonly record?: string;
  readonly replay?: string;
  readonly json?: true;
}

const EXAMPLES = `
baton run "Build me a dark mode feature" --workspace ~/shop
baton run "Build me a dark mode feature" --workspace ~/shop --config roles.json --json
baton run "Build me a dark mode feature" --workspace ~/shop --server http://127.0.0.1:7481
baton run "Build me a dark mode feature" --workspace ~/shop --record dark-mode.cassette.json
baton run "Build me a dark mode feature" --workspace ~/shop --new

The same command goes on with a build that was interrupted, shows one that has ended, and follows
one that another process performs. The work is in a git worktree of its own: your files, branches
and index are left alone, and a complete build ends on a new branch. When it waits for a
person, it asks at the terminal; without one it ends with exit code 7: answer or approve, then resume.`;

export function runCommand(context: CommandContext): Command {
  return createCommand(context, 'run', EXAMPLES)
    .argument('<request>', 'what to build')
    .option('--workspace <repo>', 'root of the git repository to build on', '.')
    .option('--config <file>', 'how the roles work (default: baton.config.json in the workspace)')
    .option(
      '--server <url>',
      'keep the state on a server (default: BATON_SERVER, or on this machine)',
    )
    .option('--project <id>', "the project (default: the config's, or the folder's name)")
    .option('--build <id>', 'the build (default: made from the request and the workspace)')
    .option('--user <id>', "who asks for it (default: the config's, or the user of this machine)")
    .option('--new', 'begin another build if the last one of this request has ended')
    .option('--record <file>', 'record what the configured roles answer in a cassette')
    .option('--replay <file>', 'take what the roles answer from a cassette')
    .action(async (request: string, options: RunCommandOptions) => {
      const { cwd, env } = context;
      const { record, replay, build, config } = options;
      if (request.trim() === '') throw invalid('request', 'found nothing; expected what to build');
      if (record !== undefined && replay !== undefined) {
        throw invalid('--record', 'goes without --replay: what is replayed was recorded before');
      }
      if (options.new && build !== undefined) {
        throw invalid('--new', 'goes without --build: name another build instead');
      }
      const server = options.server ?? (env['BATON_SERVER'] || undefined);
      const absolute = (path: string | undefined) =>
        path === undefined ? undefined : resolve(cwd, path);
      const code = await runBuild(
        {
          workspace: resolve(cwd, options.workspace),
          config,
          server,
          user: options.user,
          prompt: promptOutput(context, options.json),
          record: absolute(record),
          replay: absolute(replay),
        },
        {
          context,
          observe: buildObserver(context, { json: options.json, server }),
          choose: (prepared) =>
            choose(request, options, {
              server,
              env,
              prepared,
              where: locationFlags(context, prepared.workspace),
            }),
        },
      );
      context.exit(code);
    });
}

interface Choice extends Pick<CommandContext, 'env'> {
  readonly server: string | undefined;
  readonly where: LocationFlags;
  readonly prepared: Prepared;
}

async function choose(
  asked: string,
  options: RunCommandOptions,
  { server, env, where, prepared }: Choice,
): Promise<ChosenBuild> {
  const { workspace, config, operations, records, redact, metadata } = prepared;
  // It is kept and handed on from here on.
  const request = redact(asked);
  const derived = buildIdOf(request, workspace);
  const definition = definitionRequestOf(config);
  const people = [...peopleOf(config)];
  if (server !== undefined) {
    const described = await operations.describeDefinition(definition);
    holdRulesToServer(config, { server, definition: described });
  }
  const found = await findBuild(
    startingBy(operations, definition),
    {
      request,
      projectId: options.project ?? config.project ?? basename(workspace),
      userId: options.user ?? config.user ?? userInfo().username,
      buildId: options.build ?? derived,
      named: options.build !== undefined,
      another: options.new ?? false,
      server,
      metadata: {
        workspace,
        host: hostname(),
        ...(people.length > 0 && { [PEOPLE]: people }),
        ...metadata,
      },
      check: () => refuseFeatures(workspace, config, env),
      timeoutSeconds: config.limits.timeoutSeconds,
      maxRetries: config.limits.maxRetries,
      budgets: config.budgets,
      resume: (workflowId) => where.command(`resume ${workflowId}${where.files}`, 0),
    },
    records.all(),
  );
  refuseOtherEnding(config, found.status);
  const derivedFrom = options.build === undefined ? { derivedFrom: derived } : {};
  return { ...found, request: { request, ...derivedFrom } };
}

function invalid(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
