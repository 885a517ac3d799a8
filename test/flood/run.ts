import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FlooderResult, FlooderTask } from './flooder-process.ts';
import { FLOODS } from './floods.ts';
import { type Measured, startGoodClient } from './good-client.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { describeTarget, type Target } from './target.ts';

export interface FloodOptions {
  readonly seed: number;
  /** How long each flood lasts. */
  readonly seconds: number;
  /** Floods whose name has this in it; all by default. */
  readonly only?: string | undefined;
  readonly isTls: readonly boolean[];
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

const FLOODER = join(import.meta.dirname, 'flooder-process.ts');
const SAMPLE_MS = 50;
const QUIET_MS = 2000;

/** Sends every flood to every port that speaks its protocol, one after another. */
export async function run({
  seed,
  seconds,
  only = '',
  isTls,
  onRow,
}: FloodOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const withTls of isTls) {
    const server = await startServerProcess(withTls);
    try {
      const good = startGoodClient(server, server.workflowId);
      await sleep(QUIET_MS);
      const quiet = await good.stop();
      for (const target of targetsOf(server)) {
        for (const [flood, { name, speaks }] of FLOODS.entries()) {
          if (!speaks.includes(target.speaks) || !name.includes(only) || !server.isAlive())
            continue;
          const besides = await beside(server, {
            flood,
            target,
            seconds,
            seed: seed + rows.length,
          });
          const row = { flood: name, target: describeTarget(target), quiet, ...besides };
          rows.push(row);
          onRow?.(row);
        }
      }
    } finally {
      await server.stop();
    }
  }
  return rows;
}

async function beside(
  server: ServerProcess,
  task: FlooderTask,
): Promise<Pick<Row, 'beside' | 'peakMiB' | 'isAlive' | 'flooder'>> {
  let peakMiB = 0;
  const sampler = setInterval(() => {
    peakMiB = Math.max(peakMiB, server.rssMiB());
  }, SAMPLE_MS);
  const good = startGoodClient(server, server.workflowId);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--conditions=baton-source', '--no-warnings', FLOODER, JSON.stringify(task)],
    ]);
    const flooder = JSON.parse(stdout) as FlooderResult;
    return { beside: await good.stop(), peakMiB, isAlive: server.isAlive(), flooder };
  } finally {
    clearInterval(sampler);
  }
}

function targetsOf({ grpcPort, httpPort, isTls, workflowId }: ServerProcess): Target[] {
  const grpc = { port: grpcPort, serves: 'gRPC', speaks: 'HTTP/2', isTls, workflowId } as const;
  const http = { port: httpPort, serves: 'HTTP', isTls, workflowId } as const;
  return [
    grpc,
    { ...http, speaks: 'HTTP/1.1' },
    ...(isTls ? [{ ...http, speaks: 'HTTP/2' } as const] : []),
  ];
}
