import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  type CheckCommand,
  changedManifests,
  differing,
  type FilePrints,
  filePrint,
  filePrints,
  refusedFiles,
} from '@baton/adapters/checks';
import {
  type CommandResult,
  forAttempt,
  keepOutput,
  noteHindrances,
  runCommand,
  withHindrances,
  withRefused,
} from '@baton/adapters/command';
import { changedProtectedFiles, nameFiles } from '@baton/adapters/review';
import {
  type Confinement,
  policyDigest,
  type SandboxPolicy,
  wallOf,
} from '@baton/adapters/sandbox';
import type {
  Assignment,
  Outcome,
  RoleAdapter,
  RoleContext,
  Workspace,
  WorkspaceFiles,
} from '@baton/core';
import { asOf } from '@baton/core/internal';
import { lastLines } from '../text/foreign-text.ts';
import type { Config } from './load-config.ts';

export interface Installing {
  readonly command: CheckCommand;
  readonly rules: Pick<Config['workspace'], 'generated' | 'protected'>;
  /** Whether the role claims the files that it changed. If so, installed files are not among them. */
  readonly claims: boolean;
  /**
   * The outcome when the installation fails because of what the build changed. Undefined: the role
   * works anyway.
   */
  readonly failed: (reason: string, details: string) => Outcome | undefined;
  /** Whether it failed before the build and the configuration accepts that. If so, the role works anyway. */
  readonly isKnownToFail: (workspace: Workspace) => Promise<boolean>;
}

/**
 * Runs `install` before the role works, because a worktree has only committed files. Files that it
 * changes are noted as `install_changed_files`, and the role does not answer for them. When it fails, or
 * changes a file that it must not, a person has to look, unless the build changed what it installs.
 */
export function withInstall(adapter: RoleAdapter, installing: Installing): RoleAdapter {
  const { command, claims, failed, isKnownToFail } = installing;
  return {
    ...adapter,
    async perform(assignment, context) {
      const { workspace } = context;
      if (workspace === undefined) return adapter.perform(assignment, context);
      const key = keyOf(command, assignment);
      if (workspace.preparation?.kept === key) {
        context.progress('installed already, on these very files');
        return adapter.perform(assignment, context);
      }
      const found = asOf(workspace, await workspace.snapshot());
      // Read before the installation, whose own changes are not the build's.
      const manifests = await changedManifests(command, found);
      const { result, changed, prints, now } = await install(command, workspace, found, context);
      const left = claims ? withoutFilesOf(workspace, prints) : workspace;
      const perform = () => adapter.perform(assignment, { ...context, workspace: left });
      const refusal = await refusalOf(installing, now, changed);
      if (refusal !== undefined) {
        if (manifests.length === 0) return { kind: 'fail', reason: refusal };
        const outcome = failed(because(refusal, manifests), '');
        if (outcome !== undefined) return outcome;
      }
      if (result.exitCode === 0) {
        await workspace.preparation?.keep(key);
        return perform();
      }
      const failure = `the command that installs ${endOf(result)}`;
      context.progress(withRefused(failure, result));
      if (await isKnownToFail(workspace)) return perform();
      const details = `${result.stdout}\n${result.stderr}`.trim();
      if (manifests.length === 0)
        return { kind: 'fail', reason: forAPerson(failure, command, result) };
      // The reason for a role must not mention anything outside its sandbox.
      const reason = withRefused(failure, result);
      return failed(because(reason, manifests), details) ?? perform();
    },
  };
}

/**
 * Identifies what an installation depends on. The epoch is part of it: a person may have repaired the
 * machine before a retry or a rollback. The command's own variables name the role, so they are left out.
 */
function keyOf(command: CheckCommand, { epoch }: Assignment): string {
  const { argv, passEnv = [], confinement } = command;
  const variables = ['PATH', ...passEnv].map((name) => [name, process.env[name]]);
  const held = confinement && policyDigest(confinement.sandbox, policyOf(confinement));
  const said = JSON.stringify({ argv, variables, held, epoch });
  return createHash('sha256').update(said).digest('hex');
}

/** The policy without the folders of one build. */
function policyOf({ hidden, readable, writable, network, limits }: Confinement): SandboxPolicy {
  return { hidden, readable, writable, network, limits };
}

/** @param found the workspace with the files that the attempt found. */
async function install(
  { argv, env, passEnv, timeoutMs, confinement }: CheckCommand,
  workspace: Workspace,
  found: Workspace,
  context: RoleContext,
) {
  const { progress, note } = context;
  const before = await filePrints(found);
  progress(`installing: ${argv.join(' ')}`);
  const cwd = workspace.path;
  const wall = wallOf(confinement, { workspace, folder: cwd });
  const output = keepOutput(context, { kind: 'output', name: 'install' });
  const result = await runCommand({
    ...{ argv, cwd, env, passEnv, timeoutMs, wall },
    ...forAttempt(context),
    ...output.options,
  });
  await output.keep(result);
  noteHindrances({ note }, 'install', result);
  const now = asOf(workspace, await workspace.snapshot());
  const after = await filePrints(now);
  const changed = differing(before, after);
  if (changed.length > 0) {
    const message = `the command that installs changed files: ${nameFiles(changed)}`;
    note({ code: 'install_changed_files', message });
  }
  const mine: FilePrints = new Map([...after].filter(([path]) => changed.includes(path)));
  return { result, changed, prints: mine, now };
}

/** Why the command's changes are refused. Undefined: they are accepted. */
async function refusalOf(
  { rules }: Installing,
  workspace: Workspace,
  changed: readonly string[],
): Promise<string | undefined> {
  const refused = await refusedFiles(rules.generated, changed);
  if (refused.length > 0) {
    return `the command that installs changed files that workspace.generated refuses: ${nameFiles(refused)}; commit what it makes, have it leave them alone, or accept them there`;
  }
  const violation = await changedProtectedFiles(rules.protected, {
    ...workspace,
    changedFiles: async () => changed,
  });
  const untouched = (await workspace.changedFiles('start')).every((path) => changed.includes(path));
  // The build's own changes may be the cause. The judging roles look at those.
  if (violation === undefined || !untouched) return undefined;
  return `the command that installs changes protected files: ${violation}; have it leave them alone, or protect others`;
}

function because(reason: string, manifests: readonly string[]): string {
  return `${reason}, and this build changed ${nameFiles(manifests)}`;
}

function forAPerson(failure: string, { argv }: CheckCommand, result: CommandResult): string {
  const lines = lastLines(result.outputTail).slice(-5);
  const wrote = lines.length === 0 ? '' : `: ${lines.join(' | ')}`;
  return `${withHindrances(`${failure}${wrote}`, result)}. The build changed nothing that it installs, so no role can fix that: make \`${argv.join(' ')}\` work here, then request a retry`;
}

function endOf({ timedOut, exitCode, excess }: CommandResult): string {
  if (excess !== undefined) return `was ended: ${excess}`;
  return timedOut ? 'did not end in time' : `ended with exit code ${exitCode}`;
}

/**
 * Returns a workspace that does not report files as changed when only Baton's command changed them, at
 * the beginning of an attempt. Files that the role changed too are reported.
 *
 * @param prints of those files, taken right after the command.
 */
function withoutFilesOf(workspace: Workspace, prints: FilePrints): Workspace {
  if (prints.size === 0) return workspace;
  const without = <F extends WorkspaceFiles>(files: F): F => ({
    ...files,
    async changedFiles(since) {
      const changed = await files.changedFiles(since);
      if (since === 'start') return changed;
      const left = await Promise.all(
        changed.map(async (path) => {
          const print = prints.get(path);
          return print === undefined || print !== (await filePrint(join(workspace.path, path)));
        }),
      );
      return changed.filter((_, index) => left[index]);
    },
  });
  return { ...without(workspace), snapshot: async () => without(await workspace.snapshot()) };
}
