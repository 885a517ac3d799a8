import { describe, expect, it } from 'vitest';
import { createRedactor } from './create-redactor.ts';

const redact = createRedactor();
/** Put together here: no scanner shall take them for real ones. */
const BEGIN = ['-----BEGIN ', 'PRIVATE KEY-----'].join('');
const END = ['-----END ', 'PRIVATE KEY-----'].join('');
const LINE = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ';

describe('a private key', () => {
  it('is withheld until it ends', () => {
    const stream = redact.stream();
    const out = [`a\n${BEGIN}\n`, ...Array<string>(9).fill(`${LINE}\n`), `${END}\n`, 'b\n'].map(
      (piece) => stream.add(piece),
    );
    expect(out.join('').replace(/\n+/g, '\n')).toBe('a\n[secret]\nb\n');
    expect(out.at(0)).toBe('a\n');
    expect(stream.end()).toBe('');
  });

  it('is masked to the end of a text in which it is cut off, and costs no memory till then', () => {
    const stream = redact.stream();
    let out = stream.add(`${BEGIN}\n`);
    for (let count = 0; count < 5000; count++) out += stream.add(LINE);
    expect(out).toBe('[secret]\n');
    expect(stream.end('MII')).toBe('');
  });

  it.each([
    ['indented', `  ${LINE}`],
    ['numbered', `  12\t${LINE}`],
    ['as code', `"${LINE}\\n" +`],
    ['short', LINE.slice(0, 24)],
    ['behind a time', `2026-01-01T00:00:00.000Z stderr | ${LINE}`],
  ])('is masked with lines that are %s', (_, line) => {
    const text = `${BEGIN}\n${`${line}\n`.repeat(40)}${END}`;
    expect(redact(text)).toBe(`[secret]${'\n'.repeat(41)}`);
  });

  it('has ended where nothing looks like one any more', () => {
    const words = 'we only speak of such lines. '.repeat(100);
    const shown = redact(`a file with ${BEGIN} in it: ${words}`);
    expect(shown).toMatch(/^a file with \[secret\]\S* ?.*we only speak of such lines\. $/);
    expect(shown.length).toBeGreaterThan(words.length - 1100);
    const cutOff = redact(`${BEGIN}\n${`${LINE}\n`.repeat(20)}${words}`);
    expect(cutOff).not.toContain(LINE.slice(0, 8));
    expect(cutOff).toContain('we only speak of such lines.');
  });

  it('does not take another one for its end', () => {
    const text = `${BEGIN}\n${LINE}\n${BEGIN}\n${LINE}\n${END} b ${END}`;
    expect(redact(text)).toBe(`[secret]${'\n'.repeat(4)} b ${END}`);
  });
});

describe('the first line of a private key', () => {
  it.each([
    ['in prose', `a file with ${BEGIN} in it, or with`, ' nothing of the kind.'],
    ['in code', `if (text.startsWith('${BEGIN}')) {`, '\n  refuse(text);\n}\n'],
    ['in a regular expression', `/${BEGIN}[\\s\\S]+?${END}/.test(text)`, ''],
    ['beside the last one', `between ${BEGIN} and ${END} stands the key`, ''],
    ['before a path', `${BEGIN} is in /usr/local/share/certificates/example.pem`, ' too'],
    ['alone', `it begins with ${BEGIN}`, ''],
    ['before much more', `${BEGIN} `, 'we only speak of it. '.repeat(200)],
  ])('hides nothing else %s', (_, before, after) => {
    const text = before + after;
    const expected = text.replace(BEGIN, '[secret]');
    expect(redact(text)).toBe(expected);
    const stream = redact.stream();
    const pieces = [...text].map((piece) => stream.add(piece));
    expect(pieces.join('') + stream.end()).toBe(expected);
  });

  it('is not the end of a search for keys', () => {
    const text = `not ${BEGIN} alone:\n${BEGIN}\n${LINE}\n${END} b`;
    expect(redact(text)).toBe('not [secret] alone:\n[secret]\n\n b');
  });

  it('is followed by a key behind headers, too', () => {
    const headers =
      'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,8C1A5D0B7F3E2A9C4D6B8E0F1A2C3D4E';
    const masked = redact(`${BEGIN}\n${headers}\n\n${`${LINE}\n`.repeat(3)}${END} b`);
    expect(masked).toBe(`[secret]${'\n'.repeat(7)} b`);
  });
});
