/** A command as the configuration has it. */
export interface ProposedCommand {
  readonly argv: readonly string[];
}

export interface ProposedTest extends ProposedCommand {
  /** Default: lcov in `{reports}/lcov.info`. */
  readonly coverage?: string;
}

export interface ProposedCheck extends ProposedCommand {
  readonly name: string;
}

/** How a repository is installed, tested and checked, as far as its files tell. */
export interface Toolchain {
  /** Such as `Node (pnpm, vitest)`. */
  readonly name: string;
  /** The files that told. */
  readonly evidence: readonly string[];
  readonly install: ProposedCommand | undefined;
  readonly test: ProposedTest;
  /** Programs that the test command starts through another, such as a shell. */
  readonly needs: readonly string[];
  readonly verify: readonly ProposedCheck[];
  readonly deploy?: ProposedCommand;
  readonly smoke?: ProposedCommand;
  /** What these commands leave in the folder, as patterns of `.gitignore`. */
  readonly leavesBehind: readonly string[];
  /** Folders of the home with its package store. Without them, each command downloads again. */
  readonly stores: readonly string[];
  /** Whether its tests and checks fetch what they need themselves. Default: the install does. */
  readonly fetches?: boolean;
  /** Assumptions of these commands that Baton could not check, and other remarks. */
  readonly assumed: readonly string[];
}

/** Access to the files that show how a repository is built. */
export interface Repository {
  has(path: string): boolean;
  /** The text of a file; empty when there is none. */
  read(path: string): string;
  /** Paths of all files that are not ignored, `/` between their steps. */
  readonly files: readonly string[];
  /** Whether git has a file, committed or about to be. */
  isTracked(path: string): boolean;
  /** Whether a program is on PATH. */
  hasProgram(name: string): boolean;
}

/** Recognises a toolchain by its files; undefined when they are not there. */
export type Recognise = (repository: Repository) => Toolchain | undefined;

const MARK = 'GAP: ';

/**
 * Returns a placeholder for a command that Baton could not find out, with what is missing. It names no
 * program, so running it fails. `baton doctor` and `baton run` recognise and refuse it.
 *
 * @param missing what is missing and how to add it: one or two sentences, without a final period.
 */
export function gap(missing: string): ProposedCommand {
  return { argv: [`${MARK}${missing}`] };
}

/** Returns what a placeholder says is missing. Undefined for a real command. */
export function gapIn([program = '']: readonly string[]): string | undefined {
  return program.startsWith(MARK) ? program.slice(MARK.length) : undefined;
}

/** Lockfiles of a repository. */
export interface Lockfiles {
  /** Lockfiles that a build will have: the tracked ones, or if none is tracked, those not ignored. */
  readonly used: readonly string[];
  /** Others that lie there: ignored, or not tracked beside one that is. */
  readonly passedOver: readonly string[];
}

/** A build has what is committed: what else lies in the checkout tells nothing of it. */
export function lockfilesOf(
  { has, files, isTracked }: Pick<Repository, 'has' | 'files' | 'isTracked'>,
  names: readonly string[],
): Lockfiles {
  const there = names.filter(has);
  const tracked = there.filter(isTracked);
  const used = tracked.length > 0 ? tracked : there.filter((name) => files.includes(name));
  return { used, passedOver: there.filter((name) => !used.includes(name)) };
}

/** Where an install puts what only the reports need: in the worktree of a build, and of no build. */
export const TOOLS = '.baton-tools';

/** Installs packages from npm there, beside those of the repository. */
export function installTools(packages: readonly string[]): readonly (readonly string[])[] {
  if (packages.length === 0) return [];
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
  return [['npm', 'install', ...quiet, '--prefix', TOOLS, ...packages]];
}

/** A program of a package that is installed there. */
export function toolProgram(name: string): string {
  return `${TOOLS}/node_modules/.bin/${name}`;
}
