import { expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { contextOf } from '../testing/perform.ts';
import { isCoverageMarker } from './changed-lines.ts';
import { noteCoverageMarkers } from './test-auditor.ts';

it.each([
  '/* v8 ignore next */',
  '/* istanbul ignore else */',
  '/* node:coverage disable */',
  'if TYPE_CHECKING:  # pragma: no cover',
  '// LCOV_EXCL_START',
  '# :nocov:',
  '/** @codeCoverageIgnore */',
  '[ExcludeFromCodeCoverage]',
  '#[coverage(off)]',
])('%s takes code out of the coverage', (line) => expect(isCoverageMarker(line)).toBe(true));

it.each(['// ignore the rest', 'const coverage = off;', '# no coverage of that'])(
  '%s does not',
  (line) => expect(isCoverageMarker(line)).toBe(false),
);

it('notes the files in which the build added some', async () => {
  const marker = '/* v8 ignore file */\n';
  const workspace = folderWorkspace({ 'old.js': marker, 'a.js': 'run();\n' });
  const context = contextOf(workspace);
  await noteCoverageMarkers(workspace, context);
  expect(context.noted).toEqual([]);
  workspace.write('old.js', `${marker}run();\n`);
  workspace.write('a.js', `${marker}run();\n`);
  await noteCoverageMarkers(workspace, context);
  expect(context.noted).toEqual([
    {
      code: 'coverage_markers',
      message: 'lines were added that take code out of the coverage: a.js',
    },
  ]);
});
