import { expect, it } from 'vitest';
import { createLog } from './log.ts';

it('shows no key, wherever in a line it would stand', () => {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  const url = 'postgres://ada:hunter22@db/x';
  log.error(`a ${url}`, { b: `b ${url}`, deep: { c: [`c ${url}`] }, count: 1 });
  const masked = 'postgres://ada:[secret]@db/x';
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'error',
    message: `a ${masked}`,
    b: `b ${masked}`,
    deep: { c: [`c ${masked}`] },
    count: 1,
  });
});
