import type { Report } from './run.ts';

/** How many of each kind of finding are printed. */
const SHOWN = 10;

export function isClean({ audit, unexplained }: Report): boolean {
  const { lost, doubled, flaws } = audit;
  return [lost, doubled, flaws, unexplained].every(({ length }) => length === 0);
}

/** A report for people. */
export function describeReport({ workflows, calls, struck, audit, unexplained }: Report): string {
  const { acknowledged, unknown, forgotten, lost, doubled, flaws } = audit;
  const line = (what: string, value: string | number): string => `${what.padEnd(14)}${value}`;
  return [
    line('done', strikes(struck)),
    line('asked', `${calls} calls on ${workflows} workflows`),
    line('acknowledged', `${acknowledged} changes`),
    line('unknown', `${unknown.made} made, ${unknown.notMade} not made`),
    ...(struck.save > 0 ? [line('forgotten', `${forgotten} since the last save`)] : []),
    line('lost', lost.length),
    line('doubled', doubled.length),
    line('flaws', flaws.length),
    line('linearizable', unexplained.length === 0 ? 'yes' : 'no'),
    ...[lost, doubled, flaws, unexplained].flatMap((found) => found.slice(0, SHOWN)),
  ].join('\n');
}

function strikes({ kill, pause, cut, promote, save }: Report['struck']): string {
  const saved = save > 0 ? `, ${save} saves` : '';
  const promoted = promote > 0 ? `, ${promote} replicas promoted by hand` : '';
  return `${kill} kills, ${pause} pauses, ${cut} cut replies${promoted}${saved}`;
}
