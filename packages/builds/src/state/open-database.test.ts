import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';

test('a store that ends with the command is no place to keep anything', async () => {
  const options = { cwd: '.', env: {}, create: true, warn: () => undefined };
  await expect(openDatabase({ database: 'memory:' }, options)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('expected sqlite:<path>, postgres://… or redis://…'),
  });
});
