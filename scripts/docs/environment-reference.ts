import { settings } from '../../packages/server/src/settings.ts';
import { code, prose, table } from './table.ts';

/** What `baton serve --settings` prints. */
export function environmentReference(): string {
  const rows = settings().map(({ name, means, expected, byDefault }) => [
    code(name),
    prose(means),
    prose(expected),
    code(byDefault),
  ]);
  return table(['variable', 'means', 'may be', 'default'], rows);
}
