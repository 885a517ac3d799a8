import { expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { parseCoberturaReport } from './cobertura-report.ts';
import type { CoverageReport } from './coverage-report.ts';
import { heldToWorkspace } from './covered-files.ts';
import { parseIstanbulReport } from './istanbul-report.ts';
import { parseLcovReport } from './lcov-report.ts';

const WORKSPACE = {
  'main.go': 'x',
  'packages/app/src/a.ts': 'x',
  'src/main/java/com/example/App.java': 'x',
  'node_modules/lib/only-here.js': 'x',
};

const lcov = (...files: string[]): CoverageReport =>
  parseLcovReport(files.map((file) => `SF:${file}\nLF:1\nLH:1\nend_of_record\n`).join(''));

const cobertura = (file: string): CoverageReport =>
  parseCoberturaReport(
    `<coverage><sources><source>/elsewhere</source></sources><class filename="${file}"><line number="1" hits="1"/></class></coverage>`,
  );

const istanbul = (...files: string[]): CoverageReport => {
  const lines = { total: 1, covered: 1 };
  const named = Object.fromEntries(files.map((file) => [file, { lines }]));
  return parseIstanbulReport(JSON.stringify({ total: { lines }, ...named }));
};

const held = (report: CoverageReport) =>
  heldToWorkspace({ kind: 'read', report }, folderWorkspace(WORKSPACE));

it.each([
  ['relative to a package', lcov('src/a.ts')],
  ['as a container has it', lcov('/app/src/a.ts')],
  ['as Windows has it', istanbul('C:\\work\\src\\a.ts')],
  ['by a Go module', lcov('github.com/ada/shop/main.go')],
  ['below a source folder', cobertura('com/example/App.java')],
  ['beside others that are nowhere', lcov('/usr/include/stdio.h', 'main.go')],
  ['by its class', lcov('com.example.Other', 'com.example.App.Inner')],
  ['not at all, as a total alone', istanbul()],
])('a report is taken that names a file of the workspace %s', async (_, report) => {
  expect(await held(report)).toEqual({ kind: 'read', report });
});

it.each([
  ['lcov', lcov('/some/other/tree/x.c', '/some/other/tree/y.c'), 'x.c, /some/other/tree/y.c'],
  ['cobertura', cobertura('x.c'), 'x.c'],
  ['istanbul', istanbul('/some/other/tree/x.js'), 'x.js'],
  ['of dependencies', lcov('node_modules/lib/only-here.js'), 'only-here.js'],
])('a report of another project is none: %s', async (_, report, name) => {
  expect(await held(report)).toEqual({
    kind: 'none',
    problem: expect.stringMatching(`^it covers other files than the workspace has: .*${name}$`),
  });
});

it('without a workspace nothing can be compared', async () => {
  const report = lcov('x.c');
  expect(await heldToWorkspace({ kind: 'read', report }, undefined)).toEqual({
    kind: 'read',
    report,
  });
});
