import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEventSplitter } from './event-splitter.ts';

const end = fc.constantFrom('\n\n', '\r\n\r\n', '\r\r', '\n\r\n', '\r\n\n');
const text = fc.stringMatching(/^[a-zäß€😀:]{1,20}$/u);

it('events are the same however they are cut, with the rest at the end', () => {
  const property = fc.property(
    fc.array(fc.tuple(text, end)),
    text,
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
    (pairs, rest, sizes) => {
      const events = pairs.map(([one, ending]) => `${one}${ending}`);
      const bytes = Buffer.from(`${events.join('')}${rest}`);
      const splitter = createEventSplitter();
      const found: string[] = [];
      for (let at = 0, nth = 0; at < bytes.length; nth++) {
        const size = sizes[nth % sizes.length] ?? 1;
        found.push(...splitter.add(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(found).toEqual(events);
      expect(splitter.end()).toBe(rest);
    },
  );
  fc.assert(property, { numRuns: 200 });
});
