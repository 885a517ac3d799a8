import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Health {
  /** The longest work between two turns of the event loop, in time of the processor. */
  readonly stalledMs: number;
  readonly heapUsed: number;
  readonly rss: number;
  /** Processor time since its start. */
  readonly cpuMs: number;
}

/** A server in a process of its own. */
export interface ServerUnderTest {
  readonly grpcAddress: string;
  readonly httpUrl: string;
  /** Lines at level error, and whatever else it said on standard error that is no line of its log. */
  readonly complaints: string[];
  ended(): boolean;
  /** Since the last call; the memory is that after a collection. */
  health(): Promise<Health>;
  stop(): Promise<void>;
}

export async function startServerUnderTest(
  script: string,
  databaseUrl: string,
): Promise<ServerUnderTest> {
  // Other warnings are complaints, such as of too many listeners.
  const quiet = '--disable-warning=ExperimentalWarning';
  const argv = ['--expose-gc', quiet, '--conditions=baton-source', script];
  const child: ChildProcess = spawn(process.execPath, argv, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      BATON_GRPC_PORT: '0',
      BATON_HTTP_PORT: '0',
      BATON_HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      DATABASE_URL: databaseUrl,
      // A request that never ends is ended while the run waits for it.
      BATON_REQUEST_SECONDS: '5',
      WORKFLOW_POLICIES: join(import.meta.dirname, 'policies.json'),
    },
  });
  const complaints: string[] = [];
  if (child.stderr === null) throw new Error('the server has no standard error');
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!line.includes('"level":"warn"')) complaints.push(line);
  });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const ready = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`the server did not start: ${complaints.join('\n')}`);
    }),
  ])) as [{ grpcPort: number; httpPort: number }];
  const [{ grpcPort, httpPort }] = ready;
  return {
    grpcAddress: `127.0.0.1:${grpcPort}`,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    complaints,
    ended: isOver,
    async health() {
      const answer = once(child, 'message');
      child.send('health');
      const [found] = await answer;
      return found as Health;
    },
    async stop() {
      if (isOver()) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}
