import { describe, expect, it } from 'vitest';
import { createTextProgress } from './text-progress.ts';

function heardOf(...deltas: string[]): string[] {
  const heard: string[] = [];
  const progress = createTextProgress({
    progress: (message) => heard.push(message),
    redact: (text) => text.replaceAll('SECRET', '[secret]'),
  });
  for (const delta of deltas) progress.add(delta);
  progress.end('whole');
  return heard;
}

describe('the progress of a text', () => {
  it('is one message for a short one, on one line', () => {
    expect(heardOf('I loo', 'k.\n\nThen ', 'I write.\n')).toEqual(['I look. Then I write.']);
    expect(heardOf()).toEqual([]);
  });

  it('is a few messages for a long one, each with the end of what came', () => {
    const lines = Array.from({ length: 100 }, (_, i) => `This is line ${i}.\n`);
    const heard = heardOf(...lines);
    expect(heard.length).toBeLessThan(5);
    for (const message of heard) expect(message.length).toBeLessThanOrEqual(201);
    expect(heard.at(-1)).toMatch(/line 99\.$/);
  });

  it('is cut after it was redacted', () => {
    expect(heardOf(`${'x'.repeat(50)}SECRET${'y'.repeat(197)}`).join()).not.toContain('RET');
  });

  it('never ends in the midst of a line, where a secret could be cut', () => {
    const heard = heardOf('x'.repeat(590), ' key=SEC', 'RET\n', 'end');
    expect(heard[0]).toMatch(/ key=\[secret\]$/);
  });
});
