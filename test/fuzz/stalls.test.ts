import { afterEach, expect, it, vi } from 'vitest';
import type { Asked } from './ask.ts';
import type { Sent } from './sent.ts';
import { createSuspects } from './stalls.ts';

afterEach(() => vi.useRealTimers());

it('those that may have stalled a server were under way meanwhile', () => {
  vi.useFakeTimers();
  const suspects = createSuspects();
  const heard = (method: string, from: number, to: number) => {
    vi.setSystemTime(to);
    suspects.add({ sent: { method } as Sent, asked: { tookMs: to - from } as Asked });
  };
  heard('before', 0, 999);
  heard('until it began', 500, 1000);
  heard('through all of it', 500, 2000);
  heard('from its end', 1200, 1300);
  heard('after', 1201, 1300);
  const stall = { ms: 150, from: 1000, to: 1200 };
  const found = suspects.during(stall).map(({ method }) => method);
  expect(found).toEqual(['until it began', 'through all of it', 'from its end']);
  expect(suspects.during(stall)).toEqual([]);
});
