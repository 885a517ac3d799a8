import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { builtScript } from '../../scripts/built.ts';
import type { FlooderResult, FlooderTask } from './flooder-process.ts';
import { FLOODS } from './floods.ts';
import { type Measured, startGoodClient } from './good-client.ts';
import { startServerProcess } from './server-process.ts';
import { describeTarget, type TargetKind } from './target.ts';

export interface FloodOptions {
  readonly seed: number;
  /** How long each flood lasts. */
  readonly seconds: number;
  /** Floods whose name has this in it; all by default. */
  readonly only?: string | undefined;
  readonly isTls: readonly boolean[];
  /** Whether the good client's times are looked at; default true. They take a machine with time left. */
  readonly withTimes?: boolean;
  readonly onRow?: (row: Row) => void;
}

/** One flood on one target. */
export interface Row {
  readonly flood: string;
  readonly target: string;
  /** The good client alone, and beside the flood. */
  readonly quiet: Measured;
  readonly beside: Measured;
  readonly peakMiB: number;
  readonly isAlive: boolean;
  readonly flooder: FlooderResult;
}

const FLOODER = 'test/flood/flooder-process.ts';
const SAMPLE_MS = 50;
/** Until a fresh server has compiled what it runs. */
const WARM_UP_MS = 1500;
const QUIET_MS = 1500;
/** What the server may make the good client wait without a flood. */
export const MOST_QUIET_MS = 50;
const MOST_TRIES = 3;

/** Sends every flood to every port that speaks its protocol, one after another, each to a server of its own. */
export async function run({
  seed,
  seconds,
  only = '',
  isTls,
  withTimes = true,
  onRow,
}: FloodOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const withTls of isTls) {
    for (const target of targets(withTls)) {
      for (const [flood, { name, speaks }] of FLOODS.entries()) {
        if (!speaks.includes(target.speaks) || !name.includes(only)) continue;
        const task = { flood, seconds, seed: seed + rows.length };
        const row = await (withTimes
          ? sendUntilQuiet(target, task)
          : sendFlood(target, task, false));
        rows.push(row);
        onRow?.(row);
      }
    }
  }
  return rows;
}

/** What is measured on a machine that is too busy tells nothing: then once more, a few times. */
async function sendUntilQuiet(kind: TargetKind, task: Flood): Promise<Row> {
  for (let tries = 1; ; tries++) {
    const row = await sendFlood(kind, task, true);
    if (row.quiet.p99Ms <= MOST_QUIET_MS || tries === MOST_TRIES) return row;
  }
}

type Flood = Pick<FlooderTask, 'flood' | 'seconds' | 'seed'>;

async function sendFlood(kind: TargetKind, task: Flood, withTimes: boolean): Promise<Row> {
  const server = await startServerProcess(kind.isTls);
  let peakMiB = 0;
  const sampler = setInterval(() => {
    peakMiB = Math.max(peakMiB, server.rssMiB());
  }, SAMPLE_MS);
  const good = startGoodClient(server, server.workflowId, { withTimes });
  try {
    const port = kind.serves === 'gRPC' ? server.grpcPort : server.httpPort;
    const target = { ...kind, port, workflowId: server.workflowId };
    const flooder = await startFlooder({ ...task, target });
    await sleep(WARM_UP_MS);
    await good.take();
    await sleep(QUIET_MS);
    const quiet = await good.take();
    const result = await flooder.send();
    return {
      ...{ flood: FLOODS[task.flood]?.name ?? '', target: describeTarget(target), quiet },
      ...{ beside: await good.take(), peakMiB, isAlive: server.isAlive() },
      flooder: result,
    };
  } finally {
    clearInterval(sampler);
    good.stop();
    await server.stop();
  }
}

/** A process that sends a flood once it is told to. */
async function startFlooder(task: FlooderTask): Promise<{ send(): Promise<FlooderResult> }> {
  const program = await builtScript(FLOODER);
  const flooder = promisify(execFile)(process.execPath, [
    '--no-warnings',
    program,
    JSON.stringify(task),
  ]);
  return {
    async send() {
      flooder.child.stdin?.write('begin');
      const { stdout } = await flooder;
      return JSON.parse(stdout);
    },
  };
}

function targets(isTls: boolean): TargetKind[] {
  return [
    { serves: 'gRPC', speaks: 'HTTP/2', isTls },
    { serves: 'HTTP', speaks: 'HTTP/1.1', isTls },
    ...(isTls ? [{ serves: 'HTTP', speaks: 'HTTP/2', isTls } as const] : []),
  ];
}
