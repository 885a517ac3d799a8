import { firstOf } from '../../process/excerpt.ts';

/** Digits of the largest 64-bit counter. */
const DIGITS = 20;
const SHOWN_CHARACTERS = 40;

/** `1,234`, `1 234`, `1'234`: digit groups as tools print them in several countries. */
const GROUPED = /^\d{1,3}(?:([,'_ \u00a0\u2009\u202f])\d{3})(?:\1\d{3})*(?:\.0*)?$/;
const PLAIN = /^(?:\d{1,20})(?:\.\d{0,20})?(?:e\+?\d{1,2})?$/i;

/**
 * Parses a whole number as reports write it: `1234`, `1,234`, `1234.0` or `1.234e3`.
 *
 * @param where the place in the report, for the message.
 * @throws Error when the text is no such number or implausibly long.
 */
export function wholeNumber(text: string | undefined, where: string): number {
  const trimmed = text?.trim() ?? '';
  const found = GROUPED.test(trimmed) ? trimmed.replace(/[^\d.]/g, '') : trimmed;
  if (PLAIN.test(found) && Number.isInteger(Number(found)) && Number(found) < 10 ** DIGITS) {
    return Number(found);
  }
  const shown = firstOf(text ?? '', SHOWN_CHARACTERS);
  throw new Error(`${where} '${shown}', expected a whole number of at most ${DIGITS} digits`);
}

/**
 * Whether a hit counter is above zero. Tools whose counters overflow write `1.8e+19` or negative numbers, and
 * some write fractions of a hit.
 *
 * @param where the place in the report, for the message.
 * @throws Error when the text is no number.
 */
export function isHit(text: string | undefined, where: string): boolean {
  const trimmed = text?.trim() ?? '';
  if (/^-?\d{1,20}(\.\d{1,20})?(e\+?\d{1,2})?$/i.test(trimmed)) return Number(trimmed) > 0;
  return wholeNumber(text, where) > 0;
}
