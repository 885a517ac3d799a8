import { createRedactor } from '@baton/adapters/secrets';
import { BatonError } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { reportFailure } from '../failures.ts';

const SECRET = 'correct-horse-battery';

/** What is written for an error, on a terminal of that many columns. */
function written(error: BatonError, json: boolean, columns?: number): string {
  let text = '';
  const stderr = {
    isTTY: columns !== undefined,
    columns,
    write(more: string) {
      text += more;
      return true;
    },
  };
  const redact = createRedactor({ values: [SECRET] });
  reportFailure(error, { args: json ? ['--json'] : [], stderr: stderr as never, redact });
  return text;
}

function reported(json: boolean): string {
  const error = new BatonError('internal', `message ${SECRET}`, {
    violations: [{ field: 'a', description: `violation ${SECRET}` }],
    legal: [`legal ${SECRET}`],
    metadata: { fact: `fact ${SECRET}` },
    cause: new Error(`cause ${SECRET}`),
  });
  return written(error, json);
}

describe('what went wrong', () => {
  it('says where a command reads the key from, when the server knows nobody', () => {
    const error = new BatonError('unauthenticated', 'expected an API key, found nothing');
    expect(written(error, false)).toBe(
      'error: expected an API key, found nothing (unauthenticated)\n' +
        '  Set BATON_TOKEN to an API key or a token that the server accepts.\n',
    );
    expect(written(error, true)).not.toContain('BATON_TOKEN');
  });

  it.each([
    ['in words', false, ['message', 'violation', 'legal', 'cause']],
    ['as JSON', true, ['message', 'violation', 'legal', 'fact']],
  ] as const)('is told without secrets %s', (_, json, words) => {
    const text = reported(json);
    for (const word of words) expect(text).toContain(`${word} [secret]`);
    expect(text).not.toContain(SECRET);
  });

  it('is broken at words on a terminal, but for the lines that may be commands', () => {
    const remedy = '  git config --global --add safe.directory /shop';
    const error = new BatonError('invalid_input', `no build can start here:\n${remedy}`);
    expect(written(error, false, 24)).toBe(
      `error: no build can\n       start here:\n       (invalid_input)\n    │ ${remedy}\n`,
    );
  });
});
