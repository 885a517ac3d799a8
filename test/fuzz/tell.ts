import { Code } from '@connectrpc/connect';
import type { Finding } from './findings.ts';
import { toReplay } from './replay.ts';
import { NO_ANSWER, type Report } from './run.ts';

/** What a run did and found, for people. */
export function tell(report: Report, store: string, tookMs: number): string {
  const { requests, codes, completed, health, longestStallMs, findings, cpuMs } = report;
  const rate = Math.round((requests * 1000) / tookMs);
  const accepted = ((100 * (codes[0] ?? 0)) / requests).toFixed(1);
  const mib = health.map(({ heapUsed }) => (heapUsed / 2 ** 20).toFixed(0));
  const server = health.at(-1)?.cpuMs ?? 0;
  const perRequest = (ms: number) => `${((1000 * ms) / requests).toFixed(0)} µs a request`;
  return [
    `requests  ${requests}, ${rate} a second`,
    `accepted  ${accepted} %, ${completed} workflows complete`,
    `codes     ${Object.entries(codes).sort(byCount).map(named).join(', ')}`,
    `processor fuzzer ${perRequest(cpuMs)}, server ${perRequest(server)}`,
    `heap MiB  first ${mib[0]}, middle ${mib[mib.length >> 1]}, last ${mib.at(-1)}`,
    `stall ms  ${longestStallMs.toFixed(0)} at most`,
    ...findings.flatMap((finding) => tellFinding(finding, store)),
  ].join('\n');
}

function tellFinding(finding: Finding, store: string): string[] {
  const { what, request } = finding;
  const argument = toReplay(finding);
  if (request === undefined || argument === undefined) return [`FOUND     ${what.slice(0, 600)}`];
  const { body, ...rest } = request;
  return [
    `FOUND     ${what.slice(0, 600)}`,
    `  sent    ${JSON.stringify({ ...rest, body: `${body.slice(0, 200)} (${body.length})` })}`,
    `  again   npx -y pnpm@12 fuzz --store ${store} --replay ${argument}`,
  ];
}

const byCount = ([, one]: [string, number], [, other]: [string, number]) => other - one;

function named([code, count]: [string, number]): string {
  const number = Number(code);
  if (number === NO_ANSWER) return `left or closed ${count}`;
  if (number < 0) return `HTTP ${-number} ${count}`;
  return `${number === 0 ? 'OK' : Code[number]} ${count}`;
}
