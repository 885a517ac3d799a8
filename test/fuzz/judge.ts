import { excuseFor } from './excuses.ts';
import type { Sent } from './sent.ts';
import type { Answer } from './wire/read-answer.ts';

/** UNKNOWN, INTERNAL, DATA_LOSS. */
const BROKEN = [2, 13, 15];
/** CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE, and HTTP's words for too slow and too much. */
const CHANCE = [1, 4, 14, -408, -503];
/** HTTP's own refusals, as gRPC has them. */
const SAME = new Map([[-413, 8]]);

/** What is bad about an answer; undefined for a good one. */
export function faultIn(sent: Sent, answer: Answer): string | undefined {
  const { outcome, code, message } = answer;
  switch (outcome) {
    case 'late':
      return 'no answer, and no end';
    case 'closed':
      // Of what is against the protocol, no answer is one.
      return sent.wrong === undefined ? 'closed without an answer' : undefined;
    case 'cancelled':
    case 'answered':
      if (!isBroken(code) || excuseFor(sent, answer) !== undefined) return undefined;
      return `code ${code}: ${message}`;
  }
}

const isBroken = (code: number): boolean =>
  BROKEN.includes(code) || (code <= -500 && !CHANCE.includes(code));

/** Whether two answers to the same request say the same, as far as they say anything of it. */
export function agree(one: Answer, other: Answer): boolean {
  if ([one, other].some(saysNothing)) return true;
  return codeOf(one) === codeOf(other);
}

/** Whether an answer leaves open what happened. */
export function saysNothing({ outcome, code }: Answer): boolean {
  return outcome !== 'answered' || CHANCE.includes(code) || isBroken(code);
}

const codeOf = ({ code }: Answer): number => SAME.get(code) ?? code;
