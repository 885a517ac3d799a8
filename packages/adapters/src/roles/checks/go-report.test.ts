import { describe, expect, it } from 'vitest';
import { parseGoReport } from './go-report.ts';

describe("Go's cover profile", () => {
  it('has the lines of its blocks, hit where any block was run', () => {
    const profile =
      'mode: set\na/x.go:3.1,5.2 2 1\na/x.go:7.1,8.2 1 0\na/x.go:8.3,9.2 1 1\nb.go:1.1,1.9 1 0\nb.go:3.1,9.2 0 0\n';
    const report = parseGoReport(profile);
    expect(report).toMatchObject({ lines: 7, linesHit: 5 });
    expect(report.files.map(({ path, lines, linesHit }) => [path, lines, linesHit])).toEqual([
      ['a/x.go', 6, 5],
      ['b.go', 1, 0],
    ]);
  });

  it('may be several, one after another, with the line ends of Windows and a byte order mark', () => {
    const one = '\ufeffmode: atomic\r\nC:\\go\\x.go:1.1,2.2 1 0\r\n';
    const two = '\nmode: atomic\nC:/go/x.go:1.1,2.2 1 1.8e+19\n';
    expect(parseGoReport(one + two)).toMatchObject({
      lines: 2,
      linesHit: 2,
      files: [{ path: 'C:/go/x.go' }],
    });
  });

  it.each([
    ['empty', '', 'does not begin with mode'],
    ['of no mode', 'x.go:1.1,2.2 1 0', 'does not begin with mode'],
    ['without lines', 'mode: set\n', 'covers no lines'],
    ['another text', 'mode: set\nok  example.com/shop', 'expected a block and its count in ok'],
    ['upside down', 'mode: set\nx.go:5.1,2.2 1 0', 'from line 5 to 2'],
    ['with words for counts', 'mode: set\nx.go:1.1,2.2 1 many', "has count 'many'"],
    ['absurdly long', 'mode: set\nx.go:1.1,99999999999.2 1 0', 'more than 50000000 lines'],
    ['of absurdly many lines', 'mode: set\nx.go:1.1,9999999.2 1 0', 'more than 5000000 lines'],
  ])('is not read when it is %s', (_, text, problem) => {
    expect(() => parseGoReport(text)).toThrow(problem);
  });
});
