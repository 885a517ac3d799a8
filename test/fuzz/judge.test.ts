import { describe, expect, it } from 'vitest';
import { agree, faultIn } from './judge.ts';
import type { Sent } from './sent.ts';
import type { Answer } from './wire/read-answer.ts';

const packed: Sent = {
  ...{ method: 'baton.v1.WorkflowService/StartWorkflow', protocol: 'grpc', encoding: 'proto' },
  ...{ compression: 'gzip', body: '', timeoutMs: 1000 },
};
const answered = (code: number, message = ''): Answer => ({ outcome: 'answered', code, message });

describe('an answer is a fault', () => {
  it.each([
    ['that is INTERNAL', packed, answered(13, 'oh'), 'code 13: oh'],
    ['that is UNKNOWN', packed, answered(2), 'code 2: '],
    ['that is DATA_LOSS', packed, answered(15), 'code 15: '],
    ['that is 500', packed, answered(-500), 'code -500: '],
    [
      'that never comes',
      packed,
      { ...answered(0), outcome: 'late' as const },
      'no answer, and no end',
    ],
    [
      ...(['that is a closed connection', packed] as const),
      ...([{ ...answered(0), outcome: 'closed' as const }, 'closed without an answer'] as const),
    ],
    [
      'with the text of an excuse, to another request',
      { ...packed, protocol: 'connect' as const },
      answered(13, 'Failed to decompress message'),
      'code 13: Failed to decompress message',
    ],
    [
      'that says more than the excuse',
      packed,
      answered(13, 'Failed to decompress message: oh'),
      'code 13: Failed to decompress message: oh',
    ],
  ])('%s', (_, sent, answer, fault) => {
    expect(faultIn(sent, answer)).toBe(fault);
  });
});

describe('an answer is no fault', () => {
  it.each([
    ['that refuses', packed, answered(3)],
    ['that is excused', packed, answered(13, 'Failed to decompress message')],
    ['that is too busy', packed, answered(-503)],
    [
      'that is a closed connection, for what is against the protocol',
      { ...packed, wrong: { lengthOff: 1 } },
      { ...answered(0), outcome: 'closed' as const },
    ],
  ])('%s', (_, sent, answer) => {
    expect(faultIn(sent, answer)).toBeUndefined();
  });
});

it('protocols agree that say the same, or nothing', () => {
  expect(agree(answered(3), answered(3))).toBe(true);
  expect(agree(answered(3), answered(9))).toBe(false);
  expect(agree(answered(8), answered(-413))).toBe(true);
  expect(agree(answered(3), answered(4))).toBe(true);
});
