import type { CheckRun } from './run-check.ts';

/** Exit codes by which shells say that there was nothing to run. */
const ENDINGS: Readonly<Record<number, string>> = {
  126: 'a program that it runs cannot be executed (exit code 126)',
  127: 'a program that it runs is not there (exit code 127)',
};

/**
 * Lines by which a runner says that it lacks a part of itself. What tests print about the code that
 * they test must not look like one, so each holds more than the words `not found`.
 */
const LINES: readonly RegExp[] = [
  /^(?:\/\S*\/)?(?:python|pypy)[\d.]*: No module named \S+$/m,
  /^ImportError: Error importing plugin .+$/m,
  /^npm (?:ERR!|error) Missing script: .+$/m,
  /^error Command .+ not found\.?$/m,
  /^.*ERR_PNPM_NO_SCRIPT.*$/m,
  // Not where the program was found, and failed.
  /^.*ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL\s+(?:\S\s+)?Command .+ not found$/m,
  /^Usage Error: Couldn't find a script named .+$/m,
  /^error: no such (?:sub)?command: .+$/m,
  /^bundler: command not found: .+$/m,
  /^Could not open input file: .+$/m,
  /^make(?:\[\d+\])?: \*\*\* .*Error 127$/m,
];
/** A module that no module asked for: the very file that node was to run. */
const MAIN_MODULE = /^Error: Cannot find module '.+'(?=[\s\S]*requireStack: \[\])/m;
/** A package that the runner, or its configuration, asks for. */
const RUNNERS_PACKAGE =
  /^.*Cannot find (?:package|module) '.+' imported from .*(?:\/node_modules\/|\.config\.)\S*$/m;
/** Written by pytest, whose usage names files in this way; it ends with exit code 4. */
const PYTEST_USAGE = /\[file_or_dir\][\s\S]*?^(.*error: unrecognized arguments: .+)$/m;
const PYTEST_USAGE_EXIT = 4;
/** What shells say before exit code 127. */
const NOT_FOUND = /^.*: (?:command )?not found$/m;

/**
 * What a command that failed lacked of its tools, in words that are the same every time: a program, a
 * plugin, a script of its own. Undefined: it did run, so that its failure speaks of the files.
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
