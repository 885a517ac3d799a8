// Runs before the tests of every file. Helpers cannot say `afterAll` for themselves: files that share a
// process share them, and they would say it once.
import { afterAll } from 'vitest';
import { removeLeftovers } from './leftovers.ts';

afterAll(removeLeftovers);
