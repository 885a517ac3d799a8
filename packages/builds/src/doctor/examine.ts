import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { createNoSandbox } from '@baton/adapters/sandbox';
import { redactDeep } from '@baton/adapters/secrets';
import { BatonError, type RoleAdapter } from '@baton/core';
import type { Caller } from '../caller.ts';
import { createBuildRoles } from '../config/build-roles.ts';
import { checkAgainstServer } from '../config/check-against-server.ts';
import { createConfigRedactor } from '../config/create-config-redactor.ts';
import { chooseDefinition, definitionOf, endingOf } from '../config/definition-of.ts';
import { type Config, configsIn, loadConfig } from '../config/load-config.ts';
import { createWalls } from '../config/walls.ts';
import { tooOld } from '../host/check-node.ts';
import { connect, connectToServer } from '../operations/connect.ts';
import { batonFolder, buildPlaces } from '../state/baton-folder.ts';
import { checkRepository, uncommittedFiles } from '../state/check-repository.ts';
import { git } from '../state/git.ts';
import { commandLines } from '../text/command-lines.ts';
import { checkBuilds } from './check-builds.ts';
import { checkCommands } from './check-commands.ts';
import { checkProtected } from './check-protected.ts';
import { checkRemote } from './check-remote.ts';
import { checkSandbox } from './check-sandbox.ts';
import { checkVariables, missingKeys } from './check-variables.ts';
import { type Finding, finding } from './finding.ts';
import { findingsOf, measureAgain, runCommands } from './run-commands.ts';

export interface Examined {
  /** Absolute. */
  readonly workspace: string;
  readonly config: string | undefined;
  readonly server: string | undefined;
  /** Called with the progress of commands; undefined: no command is run. */
  readonly run: ((message: string) => void) | undefined;
  /** Ends the commands early. */
  readonly signal: AbortSignal;
}

/**
 * Looks at everything that a build needs, and changes nothing; with `run`, it runs the commands, too.
 * No secret is in what it finds.
 *
 * @throws BatonError `cancelled` when the commands are interrupted.
 */
export async function examine(examined: Examined, caller: Caller): Promise<readonly Finding[]> {
  const { findings, config } = await findOut(examined, caller);
  const redact = createConfigRedactor(config ?? { secrets: [], models: {} }, caller.env);
  return redactDeep(redact, findings);
}

async function findOut(
  { workspace, config: wanted, server, run, signal }: Examined,
  caller: Caller,
): Promise<{ readonly findings: readonly Finding[]; readonly config: Config | undefined }> {
  const where = commandLines(caller, workspace);
  const init = where.command(`init${where.files}`);
  const findings = [
    await finding('node', 'install a newer Node', () => {
      const problem = tooOld(process.versions.node);
      if (problem !== undefined) throw new Error(problem);
      return process.versions.node;
    }),
    await finding('git', 'install git 2.30 or later', async () => {
      return (await git(caller.cwd, ['--version'])) ?? 'a git without a version';
    }),
    await finding('workspace', 'fix that, or name another one with --workspace', () =>
      checkRepository(workspace),
    ),
    ...(await checkChanges(workspace)),
    await finding('store', 'start the server, or name another with --server', () =>
      checkStore(workspace, server, caller),
    ),
  ];
  let config: Config | undefined;
  findings.push(
    await finding('config', `correct it, or write one with: ${init}`, async () => {
      config = await loadConfig(wanted, { workspace, cwd: caller.cwd });
      return config.path;
    }),
  );
  if (wanted === undefined) findings.push(...checkHidden(workspace));
  const prune = where.command(`prune --dry-run${where.files}`);
  findings.push(...(await checkBuilds(workspace, config, caller.env, prune)));
  if (config !== undefined) {
    findings.push(...(await checkConfig(config, workspace, server, caller)));
  }
  const isSound = findings.every(({ verdict }) => verdict !== 'problem');
  if (run !== undefined && config !== undefined) {
    const again = measureAgain(caller, workspace, wanted);
    findings.push(
      ...(isSound
        ? await runAll(config, workspace, { run, again, signal }, caller)
        : [notRun(again)]),
    );
  }
  return { findings, config };
}

interface Running extends Pick<Examined, 'signal'> {
  readonly run: (message: string) => void;
  /** The command that runs them once more. */
  readonly again: string;
}

/** What the commands do; what keeps them from running at all is a finding, too. */
async function runAll(
  config: Config,
  workspace: string,
  { run, again, signal }: Running,
  caller: Caller,
): Promise<readonly Finding[]> {
  const redact = createConfigRedactor(config, caller.env);
  const progress = (message: string): void => run(redact(message));
  try {
    const baseline = await runCommands({ config, workspace, redact, progress, signal }, caller);
    return await findingsOf(baseline, config, again);
  } catch (reason) {
    const { code, message } = BatonError.from(reason);
    if (code === 'cancelled') throw reason;
    const advice = `fix that, then run: ${again}`;
    return [{ name: 'run', verdict: 'problem', found: message, advice }];
  }
}

function notRun(again: string): Finding {
  const advice = `mend the problems above, then run: ${again}`;
  return { name: 'run', verdict: 'warning', found: 'no command was run', advice };
}

/** Configurations beside the one that is read. */
function checkHidden(workspace: string): readonly Finding[] {
  const [read = '', ...hidden] = configsIn(workspace).map((path) => basename(path));
  return hidden.map((name) => ({
    name: 'config',
    verdict: 'warning',
    found: `${name} is there, too, and is not read: ${read} is`,
    advice: 'remove one of them, or name one with --config',
  }));
}

async function checkConfig(
  config: Config,
  workspace: string,
  server: string | undefined,
  caller: Caller,
): Promise<readonly Finding[]> {
  const { env } = caller;
  let adapters: readonly RoleAdapter[] | undefined;
  caller.maskErrors(createConfigRedactor(config, env));
  const roles = await finding('roles', `correct ${config.path}`, async () => {
    definitionOf(config);
    // A key that is missing is a finding of its own.
    const keys = Object.fromEntries(missingKeys(config, env).map((name) => [name, 'missing']));
    const places = buildPlaces(workspace, config, env);
    const make = await createBuildRoles(config, {
      walls: createWalls(config, createNoSandbox(), places),
      agentHomes: places.agentHomes,
      record: undefined,
      replay: undefined,
      env: { ...env, ...keys },
    });
    adapters = make(() => ({}));
    return adapters.map(({ role }) => role).join(', ');
  });
  const others = [
    ...(await checkSandbox(config, env)),
    { name: 'release', verdict: 'ok' as const, found: endingOf(config) },
    ...(await checkCommands(config, workspace, env)),
    ...checkVariables(config, env),
    ...(await checkProtected(config, workspace)),
    ...(await checkRemote(config, workspace, env)),
  ];
  if (server === undefined || adapters === undefined) return [roles, ...others];
  return [roles, await checkPolicies(config, server, adapters, env), ...others];
}

/** Whether builds of the configuration can run by what the server demands. */
function checkPolicies(
  config: Config,
  server: string,
  roles: readonly RoleAdapter[],
  env: Caller['env'],
): Promise<Finding> {
  return finding('policies', `correct ${config.path}, or have the server's changed`, async () => {
    const { operations, close } = await connectToServer(server, env);
    try {
      const definition = await operations.describeDefinition(
        await chooseDefinition(config, operations),
      );
      checkAgainstServer(config, { server, definition, roles, replayed: false });
      return `${definition.name}@${definition.version} of ${server}`;
    } finally {
      await close();
    }
  });
}

async function checkChanges(workspace: string): Promise<readonly Finding[]> {
  const { length } = await uncommittedFiles(workspace).catch(() => []);
  if (length === 0) return [];
  const found = length === 1 ? '1 file is not committed' : `${length} files are not committed`;
  const advice = 'commit what builds are to begin with: they begin from the last commit';
  return [{ name: 'changes', verdict: 'warning', found, advice }];
}

/** @throws BatonError `unavailable` and others when it cannot be read. */
async function checkStore(
  workspace: string,
  server: string | undefined,
  caller: Caller,
): Promise<string> {
  const { database } = batonFolder(workspace, caller.env);
  if (server === undefined && !existsSync(database))
    return `begins with the first build: ${database}`;
  const where = server === undefined ? { workspace } : { server };
  const { operations, close } = await connect(where, caller);
  try {
    await operations.list({ pageSize: 1 });
    return server ?? database;
  } finally {
    await close();
  }
}
