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
