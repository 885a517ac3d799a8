import type { Redact } from '@baton/core';
import { formatFinder } from './format-finder.ts';
import { KEY_FORMATS, type KeyFormat } from './key-formats.ts';
import { createLiteralAutomaton } from './literal-automaton.ts';
import { literalFinder } from './literal-finder.ts';
import { createMaskingStream } from './masking-stream.ts';
import { placedReader } from './placed-reader.ts';
import { privateKeyFinder } from './private-key-finder.ts';
import { secretForms } from './secret-forms.ts';
import type { CreateSpanFinder } from './span-finder.ts';
import { unescapedFinder } from './unescaped-finder.ts';

export type { Redact } from '@baton/core';
export { MASK } from './masking-stream.ts';

/** Masks a text that comes in pieces to the same result as in one, wherever it is cut into pieces. */
export type Redactor = Redact & Required<Pick<Redact, 'stream'>>;

export interface RedactorOptions {
  /**
   * Secrets to mask wherever they stand, as they are or encoded for base64 (wrapped, too), hex,
   * URLs, forms, HTML or JSON. Those shorter than 6 characters are left alone: masking them would
   * garble ordinary text.
   */
  readonly values?: readonly string[] | undefined;
  /**
   * Patterns to mask beside the common key formats; with a group, the group is kept. In a stream they
   * are looked for in one line at a time.
   */
  readonly patterns?: readonly RegExp[] | undefined;
}

/**
 * Masks the given secrets and what looks like a key (provider keys, JWTs, private keys …).
 *
 * @example
 * import { createRedactor } from '@baton/adapters/secrets';
 * const redact = createRedactor({ values: [process.env['DEPLOY_TOKEN'] ?? ''] });
 * console.log(redact('Authorization: Bearer …'));
 */
export function createRedactor({ values = [], patterns = [] }: RedactorOptions = {}): Redactor {
  const forms = secretForms(values);
  const own = patterns.map((pattern): KeyFormat => ({ pattern: everywhere(pattern) }));
  const finders: CreateSpanFinder[] = [privateKeyFinder, formatFinder([...KEY_FORMATS, ...own])];
  if (forms.plain.length > 0) {
    finders.push(
      literalFinder(createLiteralAutomaton(forms.plain)),
      unescapedFinder([
        placedReader(createLiteralAutomaton(forms.spelled), false),
        placedReader(createLiteralAutomaton(forms.base64, '\n\r'), true),
      ]),
    );
  }
  const stream = () => createMaskingStream(finders);
  return Object.assign((text: string) => stream().end(text), { stream });
}

/** With a state of its own, and without the sticky flag, by which it would be found once at most. */
function everywhere(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`);
}
