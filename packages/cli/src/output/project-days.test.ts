import { expect, it } from 'vitest';
import { projectDaysTable } from './project-days.ts';

it('has a line for each day, with where builds failed, were cancelled and sent back', () => {
  const nothing = { started: 0, completed: 0, completedDurationMs: 0 };
  const nowhere = { failures: {}, cancellations: {}, retries: {}, rollbacks: {}, phases: {} };
  const lines = projectDaysTable(
    [
      { ...nothing, ...nowhere, day: '2026-01-30', started: 3 },
      {
        ...{ ...nowhere, day: '2026-01-31', started: 0, completed: 2 },
        completedDurationMs: 120_000,
        failures: { testing: 1 },
        cancellations: { planning: 3 },
        retries: { testing: 2, error: 1 },
      },
    ],
    200,
  );
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^2026-01-30 +3 +0 +- +- +- +- +-$/);
  expect(lines[2]).toMatch(
    /^2026-01-31 +0 +2 +1\D.* 1 in testing +3 in planning +2 in testing, 1 in error +-$/,
  );
});
