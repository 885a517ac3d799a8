import { settings } from '../../packages/server/src/config.ts';
import { code, prose, table } from './table.ts';

/** What `baton serve --settings` prints. */
export function environmentReference(): string {
  const rows = settings().map(({ name, expected, byDefault }) => [
    code(name),
    prose(expected),
    code(byDefault),
  ]);
  return table(['variable', 'may be', 'default'], rows);
}
