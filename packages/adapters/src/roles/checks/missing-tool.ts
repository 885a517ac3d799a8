import type { CheckRun } from './run-check.ts';

/** Exit codes by which a shell says that it could not run a program. */
const ENDINGS: Readonly<Record<number, string>> = {
  126: 'a program that it runs cannot be executed (exit code 126)',
  127: 'a program that it runs is not there (exit code 127)',
};

/**
 * Lines by which a runner reports that a part of it is missing. Each pattern contains more than `not found`,
 * so that the output of the tested code does not match.
 */
const LINES: readonly RegExp[] = [
  /^(?:\/\S*\/)?(?:python|pypy)[\d.]*: No module named \S+$/m,
  /^ImportError: Error importing plugin .+$/m,
  /^npm (?:ERR!|error) Missing script: .+$/m,
  /^error Command .+ not found\.?$/m,
  /^.*ERR_PNPM_NO_SCRIPT.*$/m,
  // Does not match when the program was found and failed.
  /^.*ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL\s+(?:\S\s+)?Command .+ not found$/m,
  /^Usage Error: Couldn't find a script named .+$/m,
  /^error: no such (?:sub)?command: .+$/m,
  /^bundler: command not found: .+$/m,
  /^Could not open input file: .+$/m,
  /^make(?:\[\d+\])?: \*\*\* .*Error 127$/m,
];
/** A missing module that no module required: the file that node was to run. */
const MAIN_MODULE = /^Error: Cannot find module '.+'(?=[\s\S]*requireStack: \[\])/m;
/** A missing package that the runner or its configuration requires. */
const RUNNERS_PACKAGE =
  /^.*Cannot find (?:package|module) '.+' imported from .*(?:\/node_modules\/|\.config\.)\S*$/m;
/** Output of pytest with exit code 4; its usage line names files in this way. */
const PYTEST_USAGE = /\[file_or_dir\][\s\S]*?^(.*error: unrecognized arguments: .+)$/m;
const PYTEST_USAGE_EXIT = 4;
/** What shells print before exit code 127. */
const NOT_FOUND = /^.*: (?:command )?not found$/m;

/**
 * Names the tool that a failed command lacked, in words that are the same every time: a program, a plugin or
 * a script. Undefined: the command ran, so its failure is about the files.
 */
export function missingTool({
  exitCode,
  details,
}: Pick<CheckRun, 'exitCode' | 'details'>): string | undefined {
  if (exitCode === null || exitCode === 0) return undefined;
  const ending = ENDINGS[exitCode];
  if (ending !== undefined) {
    const line = NOT_FOUND.exec(details)?.[0];
    return line === undefined ? ending : `${ending}: ${line.trim()}`;
  }
  if (exitCode === PYTEST_USAGE_EXIT) {
    const line = PYTEST_USAGE.exec(details)?.[1];
    if (line !== undefined) return `it lacks a plugin: ${line.trim()}`;
  }
  for (const pattern of [...LINES, MAIN_MODULE, RUNNERS_PACKAGE]) {
    const line = pattern.exec(details)?.[0];
    if (line !== undefined) return `it lacks something: ${line.trim().replaceAll(/\s+/g, ' ')}`;
  }
  return undefined;
}
