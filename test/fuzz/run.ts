import { Client, credentials } from '@grpc/grpc-js';
import { createRandom } from '../chaos/random.ts';
import { generate, type Logical, learn, type Seen } from './generate.ts';
import { growth } from './growth.ts';
import { type Answer, type Sent, send } from './send.ts';
import type { Health, ServerUnderTest } from './server-under-test.ts';

const LANES = 4;
const BATCH = 50;
const STALL_MS = 100;
/** Caches and compiled code fill up to about half of it. */
const GROWTH_BYTES = 64 * 2 ** 20;
/** UNKNOWN, INTERNAL, DATA_LOSS. */
const BROKEN = [2, 13, 15];
/** CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE: they say nothing of the request. */
const CHANCE = [1, 4, 14];

interface Finding {
  readonly what: string;
  readonly request?: Sent;
}

export interface Report {
  readonly requests: number;
  readonly codes: Readonly<Record<number, number>>;
  readonly findings: readonly Finding[];
  readonly health: readonly Health[];
}

interface Options {
  readonly server: ServerUnderTest;
  readonly seed: number;
  readonly seconds: number;
  readonly requests: number;
  /** Whether workflows are kept in the server's own memory, which may then grow. */
  readonly keepsInMemory: boolean;
}

export async function run({
  server,
  seed,
  seconds,
  requests,
  keepsInMemory,
}: Options): Promise<Report> {
  const grpc = new Client(server.grpcAddress, credentials.createInsecure());
  const findings: Finding[] = [];
  const codes: Record<number, number> = {};
  const health: Health[] = [];
  let count = 0;

  async function ask(sent: Sent): Promise<Answer | undefined> {
    count += 1;
    try {
      const answer = await send(server.httpUrl, grpc, sent);
      codes[answer.code] = (codes[answer.code] ?? 0) + 1;
      if (BROKEN.includes(answer.code)) {
        findings.push({ what: `code ${answer.code}: ${answer.message}`, request: sent });
      }
      return answer;
    } catch (reason) {
      findings.push({ what: `no answer: ${reason}`, request: sent });
      return undefined;
    }
  }

  /** A refusal changes nothing, so that the next protocol has to refuse alike. */
  async function compare({ sends }: Logical, seen: Seen): Promise<void> {
    const [first, second] = sends;
    if (first === undefined) return;
    const one = await ask(first);
    if (one?.code === 0) learn(seen, one.value);
    if (one === undefined || second === undefined || (one.code === 0 && !first.reads)) return;
    const other = await ask(second);
    if (other === undefined || one.code === other.code) return;
    if ([one, other].some(({ code }) => CHANCE.includes(code) || BROKEN.includes(code))) return;
    const what = `${first.protocol} ${one.code} (${one.message}), ${second.protocol} ${other.code} (${other.message})`;
    findings.push({ what, request: second });
  }

  async function stalls(sent: Sent): Promise<boolean> {
    for (let i = 0; i < 3; i++) {
      await server.health();
      await ask(sent);
      if ((await server.health()).stalledMs <= STALL_MS) return false;
    }
    return true;
  }

  const lanes = Array.from({ length: LANES }, (_, lane) => ({
    random: createRandom(seed).fork(`lane ${lane}`),
    seen: new Map() as Seen,
  }));
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && count < requests && findings.length < 20 && !server.ended()) {
    const batch: Logical[] = [];
    await Promise.all(
      lanes.map(async ({ random, seen }) => {
        for (let i = 0; i < BATCH; i++) {
          const logical = generate(random, seen);
          batch.push(logical);
          await compare(logical, seen);
        }
      }),
    );
    if (server.ended()) break;
    const now = await server.health();
    health.push(now);
    if (now.stalledMs > STALL_MS) {
      // The largest first: a stall is looked for where it is likely, and only a few times.
      const largest = batch.sort((a, b) => size(b) - size(a)).slice(0, 5);
      for (const {
        sends: [sent],
      } of largest) {
        if (sent !== undefined && (await stalls(sent))) {
          findings.push({ what: `stalls for over ${STALL_MS} ms`, request: sent });
        }
      }
    }
  }
  grpc.close();
  if (server.ended()) findings.push({ what: 'the server has ended' });
  const grown = growth(health.map(({ heapUsed }) => heapUsed));
  if (!keepsInMemory && grown > GROWTH_BYTES) {
    findings.push({
      what: `the heap has grown by ${Math.round(grown / 2 ** 20)} MiB in the second half`,
    });
  }
  for (const line of server.complaints) findings.push({ what: `the server said: ${line}` });
  return { requests: count, codes, findings, health };
}

const size = ({ sends: [sent] }: Logical): number => sent?.body.length ?? 0;
