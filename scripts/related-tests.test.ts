import { describe, expect, it } from 'vitest';
import { relatedTests } from './related-tests.ts';

const ALL = Number.POSITIVE_INFINITY;
const NEVER_RUN = new Map<string, number>();

describe('tests that depend on a change', () => {
  it.each([
    [
      'a module',
      'packages/core/src/machine/advance.ts',
      'packages/core/src/machine/advance.test.ts',
    ],
    ['another package', 'packages/core/src/index.ts', 'packages/server/src/errors.test.ts'],
    ['generated code', 'proto/gen/baton/v1/history_pb.ts', 'packages/wire/src/operations.test.ts'],
    ['a program that it starts', 'test/crash/build-process.ts', 'test/crash/crash.test.ts'],
    ['the fixture of its helper', 'test/cli/fixture/voice.mjs', 'test/cli/run.test.ts'],
    ['the command line', 'packages/cli/src/exit-codes.ts', 'test/cli/pipes.test.ts'],
  ])('depend on %s', (_, changed, test) => {
    expect(relatedTests([changed], ALL, NEVER_RUN)).toEqual({
      tests: expect.arrayContaining([test]),
      left: 0,
    });
  });

  it('are none for what no test names', () => {
    expect(relatedTests(['README.md'], ALL, NEVER_RUN)).toEqual({ tests: [], left: 0 });
  });

  it('come in the order of how far they are from it, those that give a changed command first', () => {
    const { tests } = relatedTests(
      ['packages/cli/src/commands/approve-command.ts'],
      ALL,
      NEVER_RUN,
    );
    const [giving, other] = ['test/cli/server-policies.test.ts', 'test/cli/claims.test.ts'];
    expect(tests).toContain(other);
    expect(tests.indexOf(giving)).toBeLessThan(tests.indexOf(other));
  });

  it('are as many as there is time for, and those of the changed files', () => {
    const changed = 'packages/core/src/machine/advance.ts';
    const own = 'packages/core/src/machine/advance.test.ts';
    const all = relatedTests([changed], ALL, NEVER_RUN).tests;
    const lastMs = new Map(all.map((file) => [file, 1000]));
    const few = relatedTests([changed], 10_000, lastMs);
    expect(few.tests).toHaveLength(10);
    expect(few.left).toBe(all.length - 10);
    expect(relatedTests([changed], 0, lastMs).tests).toEqual([own]);
  });
});
