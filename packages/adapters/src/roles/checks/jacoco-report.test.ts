import { describe, expect, it } from 'vitest';
import { parseJacocoReport } from './jacoco-report.ts';

const file = (name: string, ...lines: string[]): string =>
  `<package name="com/example"><sourcefile name="${name}">${lines.join('')}</sourcefile></package>`;

const line = (number: number, missed: number, covered: number | string): string =>
  `<line nr="${number}" mi="${missed}" ci="${covered}" mb="0" cb="0"/>`;

describe('a JaCoCo report', () => {
  it('counts a line as hit when any of its instructions was run, once over all modules', () => {
    const module = file('A.java', line(1, 3, 1), line(2, 2, 0));
    const again = file('A.java', line(2, 0, 2), line(3, 1, 0));
    const xml = `<report name="all"><group name="a">${module}</group><group name="b">${again}</group></report>`;
    const report = parseJacocoReport(xml);
    expect(report).toMatchObject({ lines: 3, linesHit: 2 });
    expect(report.files.map(({ path }) => path)).toEqual(['com/example/A.java']);
  });

  it.each([
    ['not XML', 'total', 'outside of root node'],
    ['another document', '<coverage/>', 'the root element is not report'],
    ['without lines', `<report>${file('A.java')}</report>`, 'covers no lines'],
    ['with words', `<report>${file('A.java', line(1, 0, 'many'))}</report>`, "has ci 'many'"],
  ])('is not read when it is %s', (_, xml, problem) => {
    expect(() => parseJacocoReport(xml)).toThrow(problem);
  });
});
