import { describe, expect, it } from 'vitest';
import type { Redact } from '../model/redact.ts';
import { createMaskedMessages } from './masked-messages.ts';

/** Masks what stands between angle brackets, over lines, too, and holds back a last open word. */
const redact: Redact = Object.assign(
  (text: string) => text.replace(/<[^>]*(?:>|$)/g, (found) => mask(found)),
  {
    stream: () => {
      let held = '';
      return {
        add(piece: string) {
          held += piece;
          const open = /<[^>]*$|wait\n$/.exec(held)?.index ?? held.length;
          const [done, rest] = [held.slice(0, open), held.slice(open)];
          held = rest;
          return redact(done);
        },
        end: (piece = '') => redact(held + piece),
      };
    },
  },
);

const mask = (found: string) => `***${'\n'.repeat(found.split('\n').length - 1)}`;

function heardOf(by: Redact, ...messages: string[]) {
  const heard: string[] = [];
  const { say, end } = createMaskedMessages(by, (message) => heard.push(message));
  for (const message of messages) say(message);
  const before = [...heard];
  end();
  say('too late');
  end();
  return { before, heard };
}

describe('messages', () => {
  it('are masked as the lines of one text', () => {
    const { before, heard } = heardOf(redact, 'a', 'b <one', 'two', 'three> c', 'd');
    expect(heard).toEqual(['a', 'b ***', '', ' c', 'd']);
    expect(before).toEqual(heard);
  });

  it('stay whole, however many lines they have', () => {
    expect(heardOf(redact, 'a\nb', '', 'c <x\ny> d\n', 'e').heard).toEqual([
      'a\nb',
      '',
      'c ***\n d\n',
      'e',
    ]);
  });

  it('wait while they may be the beginning of a secret, and come at the latest at the end', () => {
    const waits = heardOf(redact, 'a', 'wait');
    expect(waits.before).toEqual(['a']);
    expect(waits.heard).toEqual(['a', 'wait']);
    expect(heardOf(redact, 'wait', 'a').before).toEqual(['wait', 'a']);
    expect(heardOf(redact, 'a\nwait', 'b').before).toEqual(['a\nwait', 'b']);
    expect(heardOf(redact, 'a\nwait').before).toEqual([]);
    expect(heardOf(redact, 'a <x', 'y').heard).toEqual(['a ***', '']);
  });

  it('are masked each by itself by what knows no streams', () => {
    const plain: Redact = (text) => redact(text);
    expect(heardOf(plain, 'a <x', 'y> b').before).toEqual(['a ***', 'y> b']);
  });
});
