import { once } from 'node:events';
import { expect, it } from 'vitest';
import { systemClock } from './clocks.ts';

it('takes what is overdue for due, without a warning of Node', async () => {
  const warned = once(process, 'warning').then(([warning]) => String(warning));
  await systemClock.sleep(-2222);
  const quiet = systemClock.sleep(50).then(() => 'nothing');
  expect(await Promise.race([warned, quiet])).toBe('nothing');
});
