import { expect, it } from 'vitest';
import { missingTool } from './missing-tool.ts';

it.each<[string, number, string]>([
  ['a shell', 127, 'sh: 1: vitest: not found'],
  ['a shell that says nothing', 127, ''],
  ['a file that is no program', 126, 'sh: 1: ./run.sh: Permission denied'],
  ['python', 1, '/usr/bin/python3: No module named pytest'],
  [
    'pytest without pytest-cov',
    4,
    'ERROR: usage: __main__.py [options] [file_or_dir] [file_or_dir] [...]\n__main__.py: error: unrecognized arguments: --cov=toolz',
  ],
  ['pytest', 1, 'ImportError: Error importing plugin "xdist": No module named \'xdist\''],
  ['npm', 1, 'npm error Missing script: "test:ci"\nnpm error\n'],
  ['an older npm', 1, 'npm ERR! Missing script: "test:ci"'],
  ['yarn', 1, 'error Command "vitest" not found.'],
  ['pnpm', 1, ' ERR_PNPM_NO_SCRIPT  Missing script: test:ci'],
  [
    'a program of pnpm exec',
    254,
    ' ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL  Command "vitest" not found',
  ],
  [
    'a program of pnpm 12',
    1,
    'Error: ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL\n\n  × Command "nosuch" not found\n',
  ],
  ['cargo', 101, 'error: no such command: `llvm-cov`'],
  ['make', 2, 'make: *** [Makefile:2: test] Error 127'],
  [
    'node',
    1,
    "Error: Cannot find module '/w/node_modules/mocha/bin/mocha'\n    at x {\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}",
  ],
  [
    'the configuration of a runner',
    1,
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'vitest' imported from /w/vitest.config.ts",
  ],
])('%s that lacks something is told from files that are wrong', (_, exitCode, details) => {
  expect(missingTool({ exitCode, details })).toBeTypeOf('string');
});

it.each<[string, number | null, string]>([
  ['passed', 0, 'npm error Missing script: "x"'],
  ['was ended by a signal', null, 'sh: 1: vitest: not found'],
  ['failed', 1, 'AssertionError: page not found'],
  ['tests a shell', 1, 'expected "sh: 1: x: not found"'],
  ['tests a command line', 1, 'usage: toolz [-h]\ntoolz: error: unrecognized arguments: --x'],
  [
    'imports a module that is not written',
    1,
    "Error: Cannot find module './a.js'\n{ code: 'MODULE_NOT_FOUND', requireStack: [ '/w/test/a.test.js' ] }",
  ],
  [
    'was run by pnpm exec and failed',
    1,
    'a.ts(1,1): error TS2322\n ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL  Command failed with exit code 1: tsc',
  ],
  [
    'was run by pnpm 12 in each package and failed',
    1,
    'Error: ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL\n\n  × "pnpm recursive exec" failed in /w/a',
  ],
  ['imports a package', 1, "Cannot find package 'left-pad' imported from /w/src/index.ts"],
])('what %s lacks nothing', (_, exitCode, details) => {
  expect(missingTool({ exitCode, details })).toBeUndefined();
});
