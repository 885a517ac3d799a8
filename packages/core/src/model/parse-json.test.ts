import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

const SECRET = 'x7Kx2Lm9Pv4Rt6YZq8';

function problemOf(text: string): string {
  try {
    parseJson(text);
  } catch (reason) {
    expect(reason).toMatchObject({ code: 'invalid_input', retryable: false });
    expect((reason as Error).cause).toBeUndefined();
    return (reason as Error).message;
  }
  return 'none';
}

it.each([
  [`{"total": ${SECRET}}`, 'a value at line 1, column 11'],
  [`{\n  "a": [1, 2,\n  ${SECRET}]}`, 'a value at line 3, column 3'],
  [`{"a": "${SECRET}" "b"}`, "',' or '}' at line 1, column 28"],
  [`["a" ${SECRET}]`, "',' or ']' at line 1, column 6"],
  [`{${SECRET}: 1}`, 'a name in double quotes at line 1, column 2'],
  ['{"a": 1,}', 'a name in double quotes at line 1, column 9'],
  [`{"a" ${SECRET}}`, "':' at line 1, column 6"],
  [`{"a": {}} ${SECRET}`, 'the end at line 1, column 11'],
  [
    `"${SECRET}\n"`,
    'a character of a text, or the quotation mark that ends it at line 1, column 20',
  ],
  ['"\\x"', 'a character of a text, or the quotation mark that ends it at line 1, column 2'],
  ['', 'a value at line 1, column 1, where it ends'],
  ['[[]', "',' or ']' at line 1, column 4, where it ends"],
])('says by its place what is wrong with %j', (text, problem) => {
  expect(problemOf(text)).toBe(`not JSON: expected ${problem}`);
});

it('names the place that the engine names, where it names one', () => {
  // Of what has several characters and is no text it names the one that is wrong, not the first: texts
  // with the beginning of a literal are left out.
  const hasLiteral = (text: string) => /[tfn]/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ''));
  const texts = fc.object({ values: [fc.string()], maxDepth: 4 }).map((one) => JSON.stringify(one));
  const broken = fc
    .tuple(texts, fc.nat(), fc.constantFrom('', ',', ':', '"', ']', '}', '{', '\n', '1', 'a'))
    .map(([json, at, put]) => {
      const place = at % (json.length + 1);
      return json.slice(0, place) + put + json.slice(place + 1);
    });
  let compared = 0;
  fc.assert(
    fc.property(broken, (text) => {
      try {
        JSON.parse(text);
      } catch (reason) {
        const { message } = reason as Error;
        const place = / \((line \d+) (column \d+)\)$/.exec(message);
        if (place === null || /number|exponent|escape/i.test(message)) return;
        if (hasLiteral(text)) return;
        compared += 1;
        expect(problemOf(text)).toContain(`${place[1]}, ${place[2]}`);
      }
    }),
    { numRuns: 3000 },
  );
  expect(compared).toBeGreaterThan(100);
});

const limits = { depth: 2, values: 6 };

it.each([
  ['{"a": {"b": [1, 2, 3, 4]}}', 'limit_exceeded', 'more than 6 values'],
  ['{"a": {"b": [1, 2, 3, "4", ', 'limit_exceeded', 'more than 6 values'],
  ['{"x": 1, "a": [0, {"b": []}]}', 'invalid_input', 'a.1.b: nested more than 2 deep'],
  ['{"x": 1, "a": [0, {"b": [', 'invalid_input', 'a.1.b: nested more than 2 deep'],
  ['{"a": [{"b": 1, "c": 2, "\\u0062": 3}]}', 'invalid_input', 'a.0.b: expected each name once'],
  ['{"a": 1, "a": 1}', 'invalid_input', "a: expected each name once, found 'a' twice"],
  ['{"__proto__": 1, "__proto__": 1}', 'invalid_input', '__proto__: expected each name once'],
  ['{"a": {"b": [1, 2]}', 'invalid_input', "expected ',' or '}' at line 1, column 20"],
])('keeps to limits, before anything is built: %s', (text, code, message) => {
  expect(() => parseJson(text, limits)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

it('takes what is within the limits, as the engine does', () => {
  for (const text of [
    '{"a": {"b": [1, "\\ud83d\\u0000"]}}',
    ' [{}, [{}], null]',
    '"x"',
    '-1.5e3',
  ]) {
    expect(parseJson(text, limits)).toEqual(JSON.parse(text));
  }
  const json = fc.json({ maxDepth: 4 });
  fc.assert(
    fc.property(json, (text) => {
      expect(parseJson(text, { depth: 64, values: 10_000 })).toEqual(JSON.parse(text));
    }),
  );
});

it('is not overwhelmed by what is nested deeply, or long', () => {
  expect(problemOf('['.repeat(200_000))).toContain('column 200001, where it ends');
  expect(problemOf(`"${'\\n'.repeat(200_000)}`)).toContain('column 400002, where it ends');
});
