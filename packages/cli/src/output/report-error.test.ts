import { createRedactor } from '@baton/adapters/secrets';
import { BatonError } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { reportError } from './report-error.ts';

const SECRET = 'correct-horse-battery';

function reported(json: boolean): string {
  let written = '';
  const stderr = {
    write(text: string) {
      written += text;
      return true;
    },
  };
  const error = new BatonError('internal', `message ${SECRET}`, {
    violations: [{ field: 'a', description: `violation ${SECRET}` }],
    legal: [`legal ${SECRET}`],
    metadata: { fact: `fact ${SECRET}` },
    cause: new Error(`cause ${SECRET}`),
  });
  const redact = createRedactor({ values: [SECRET] });
  reportError(stderr as never, error, { json, debug: true, redact });
  return written;
}

describe('what went wrong', () => {
  it.each([
    ['in words', false, ['message', 'violation', 'legal', 'cause']],
    ['as JSON', true, ['message', 'violation', 'legal', 'fact']],
  ] as const)('is told without secrets %s', (_, json, words) => {
    const written = reported(json);
    for (const word of words) expect(written).toContain(`${word} [secret]`);
    expect(written).not.toContain(SECRET);
  });
});
