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
