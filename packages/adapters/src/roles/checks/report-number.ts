import { firstOf } from '../command/excerpt.ts';

/** Of the largest counter that tools have, one of 64 bits. */
const DIGITS = 20;
const SHOWN_CHARACTERS = 40;

/**
 * A whole number as reports write them.
 *
 * @param where what has it, for the message.
 * @throws Error when it is none, or absurdly long.
 */
export function wholeNumber(text: string | undefined, where: string): number {
  if (text !== undefined && /^\d+$/.test(text) && text.length <= DIGITS) return Number(text);
  const shown = firstOf(text ?? '', SHOWN_CHARACTERS);
  throw new Error(`${where} '${shown}', expected a whole number of at most ${DIGITS} digits`);
}
