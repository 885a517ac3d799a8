import { createRandom } from '../chaos/random.ts';
import { ask } from './ask.ts';
import { createFindings, type Finding } from './findings.ts';
import { growth } from './growth.ts';
import { createLane, type Told } from './lane.ts';
import type { Sent } from './sent.ts';
import type { Health, ServerUnderTest } from './server-under-test.ts';
import { createSuspects, STALL_MS, stalls } from './stalls.ts';
import { createSender } from './wire/sender.ts';

/** More than the server works on: some wait for deadlines, or for silence. */
const LANES = 24;
/** Requests among which what ended the server is likely to be. */
const MOST_LATEST = 2 * LANES;
/** After so long, the server is asked whether it stalled. */
const ROUND_MS = 2000;
/** How often it is asked how it fares, over a run. */
const HEALTH_CHECKS = 30;
/** Caches and compiled code fill up to about half of it. */
const GROWTH_BYTES = 64 * 2 ** 20;

export interface Report {
  readonly requests: number;
  /** How often each code came; -1000 stands for no answer. */
  readonly codes: Readonly<Record<number, number>>;
  /** Workflows that went all the way. */
  readonly completed: number;
  readonly findings: readonly Finding[];
  readonly health: readonly Health[];
  readonly longestStallMs: number;
  /** Processor time of this side. */
  readonly cpuMs: number;
}

export const NO_ANSWER = -1000;

interface Options {
  readonly server: ServerUnderTest;
  readonly seed: number;
  readonly seconds: number;
  readonly requests: number;
  /** Whether workflows are kept in the server's own memory, which may then grow. */
  readonly keepsInMemory: boolean;
  /** Ends the run. */
  readonly isEnough?: (finding: Finding) => boolean;
}

export async function run(options: Options): Promise<Report> {
  const { server, seed, seconds, requests, keepsInMemory } = options;
  const findings = createFindings();
  const suspects = createSuspects();
  const codes: Record<number, number> = {};
  const latest: Sent[] = [];
  const health: Health[] = [];
  let longestStallMs = 0;
  let count = 0;
  let hasEnough = false;
  const found = (finding: Finding) => {
    findings.add(finding);
    hasEnough ||= options.isEnough?.(finding) === true;
  };
  const told: Told = {
    heard(heard) {
      const { outcome, code } = heard.asked.answer;
      const key = outcome === 'answered' ? code : NO_ANSWER;
      codes[key] = (codes[key] ?? 0) + 1;
      count += 1;
      suspects.add(heard);
      latest.push(heard.sent);
      if (latest.length > MOST_LATEST) latest.shift();
    },
    found(what, request, before) {
      // Of a server that has ended, no answer is a finding by itself.
      if (!server.ended()) found({ what, request, before });
    },
  };
  const cpuBefore = process.cpuUsage();
  const senders = Array.from({ length: LANES }, () => createSender(server));
  const lanes = senders.map((sender, at) =>
    createLane(createRandom(seed).fork(`lane ${at}`), `l${at}`, sender, told),
  );
  const end = performance.now() + seconds * 1000;
  const healthEveryMs = (seconds * 1000) / HEALTH_CHECKS;
  let nextHealth = 0;
  const isOver = () =>
    performance.now() >= end || count >= requests || hasEnough || findings.isFull || server.ended();
  while (!isOver()) {
    const roundEnd = performance.now() + ROUND_MS;
    await Promise.all(
      lanes.map(async (lane) => {
        while (performance.now() < roundEnd && !isOver()) await lane.step();
      }),
    );
    if (server.ended()) break;
    const stall = await server.ask('stall');
    longestStallMs = Math.max(longestStallMs, stall.ms);
    const likely = suspects.during(stall);
    if (performance.now() >= nextHealth || isOver()) {
      health.push(await server.ask('health'));
      nextHealth = performance.now() + healthEveryMs;
    }
    if (stall.ms <= STALL_MS) continue;
    const [sender] = senders;
    for (const sent of likely) {
      if (sender !== undefined && (await stalls(server, (one) => ask(sender, one), sent))) {
        found({ what: `stalls for over ${STALL_MS} ms`, request: sent });
      }
    }
  }
  for (const sender of senders) sender.close();
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuMs = (user + system) / 1000;
  if (server.ended()) {
    findings.add({ what: 'the server has ended' });
    for (const request of latest.filter(({ wrong }) => wrong !== undefined)) {
      findings.add({ what: 'the server has ended, maybe by this', request });
    }
  }
  const grown = growth(health.map(({ heapUsed }) => heapUsed));
  if (!keepsInMemory && grown > GROWTH_BYTES) {
    const mib = Math.round(grown / 2 ** 20);
    findings.add({ what: `the heap has grown by ${mib} MiB in the second half` });
  }
  for (const line of server.complaints) findings.add({ what: `the server said: ${line}` });
  const completed = lanes.reduce((sum, lane) => sum + lane.completed, 0);
  return {
    requests: count,
    codes,
    completed,
    findings: findings.all,
    health,
    longestStallMs,
    cpuMs,
  };
}
