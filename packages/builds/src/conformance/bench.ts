import { createMemoryStore, createOrchestrator } from '@baton/core';
import { present } from '@baton/core/internal';
import { createLog, createServer } from '@baton/server';
import { type Bench, openField } from './field.ts';
import { openGate } from './gate.ts';
import { createMovedClock } from './moved-clock.ts';
import { type Faults, observed, type Report } from './observed.ts';
import { createWaits } from './waits.ts';
import { endText, startWorker } from './worker-process.ts';

export interface BenchOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly roles: readonly string[];
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly signal: AbortSignal | undefined;
}

const HOST = '127.0.0.1';
/** What a worker is told to claim for, unless its environment says so: short, so that waits for leases are. */
const LEASE_SECONDS = '3';
/** Longer than clocks are moved. */
const WORKFLOW_MS = 30 * 24 * 3_600_000;

/** Does `work` with a worker that was started against a server of its own; nothing of them is left. */
export async function withBench<T>(
  options: BenchOptions,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const { argv, cwd, roles, timeoutMs, graceMs, signal } = options;
  const clock = createMovedClock();
  const reports: Report[] = [];
  const faults: Faults = {};
  const baton = createOrchestrator({
    ...{ store: await createMemoryStore(), clock },
    ...{ timeoutMs: WORKFLOW_MS, workPollMs: 100 },
  });
  const server = await createServer({
    ...{ orchestrator: observed(baton, reports, faults), host: HOST, drainSeconds: 0 },
    ...{ grpcPort: 0, httpPort: 0, log: createLog({ level: 'silent' }) },
  });
  const grpc = await openGate(HOST, server.grpcPort);
  const http = await openGate(HOST, server.httpPort);
  const left = new AbortController();
  try {
    const worker = await startWorker(argv, {
      cwd,
      env: present({
        BATON_LEASE_SECONDS: LEASE_SECONDS,
        ...options.env,
        BATON_SERVER: `http://${HOST}:${http.port}`,
        BATON_GRPC_SERVER: `${HOST}:${grpc.port}`,
        BATON_ROLES: roles.join(','),
      }),
    });
    let mayEnd = false;
    const problem = (): string | undefined => {
      const end = worker.end();
      if (end === undefined || mayEnd) return undefined;
      return `it ended, ${endText(end)}, and printed last: ${worker.lastWords() || 'nothing'}`;
    };
    try {
      const waits = createWaits(timeoutMs, signal, problem);
      const field = await openField({ baton, waits, roles, timeoutMs, left: left.signal });
      return await work({
        ...field,
        ...{ worker, clock, faults, reports, graceMs },
        expectEnd() {
          mayEnd = true;
        },
        cutOff() {
          grpc.close();
          http.close();
        },
        letIn() {
          grpc.open();
          http.open();
        },
      });
    } finally {
      await worker.kill();
    }
  } finally {
    left.abort();
    grpc.end();
    http.end();
    await server.stop();
  }
}
