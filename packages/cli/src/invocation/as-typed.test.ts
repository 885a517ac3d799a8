import { expect, test } from 'vitest';
import { asTyped } from './as-typed.ts';

test('only commands are replaced', () => {
  const text =
    'baton run "x"\nmy-tool | baton advance\npostgres://baton@db/baton baton serve\n/opt/baton run\na baton runs';
  expect(asTyped(text, 'pnpm baton')).toBe(
    'pnpm baton run "x"\nmy-tool | pnpm baton advance\npostgres://baton@db/baton pnpm baton serve\n/opt/baton run\na baton runs',
  );
});
