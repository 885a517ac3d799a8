import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Health {
  /** After a collection. */
  readonly heapUsed: number;
  readonly rss: number;
  /** Processor time since its start. */
  readonly cpuMs: number;
}

/** The longest work between two turns of the event loop. */
export interface Stall {
  /** In time of the processor. */
  readonly ms: number;
  /** When, in milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
}

/** What a server process answers. */
export interface Answers {
  /** Since the last question. */
  readonly stall: Stall;
  /** Costs as much as thousands of requests: it collects first. */
  readonly health: Health;
}

/** Where a server process listens, without TLS and with it. */
export interface Listening {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly secure: {
    readonly grpcPort: number;
    readonly httpPort: number;
    /** The certificate authority, as PEM. */
    readonly ca: string;
  };
}

/** A server in its own process. */
export interface ServerUnderTest extends Listening {
  /** Log lines at level error, and other output on standard error. */
  readonly complaints: string[];
  ended(): boolean;
  ask<Question extends keyof Answers>(question: Question): Promise<Answers[Question]>;
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
      DATABASE_URL: databaseUrl,
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
  ])) as [Listening];
  const [listening] = ready;
  return {
    ...listening,
    complaints,
    ended: isOver,
    async ask(question) {
      const answer = once(child, 'message');
      child.send(question);
      const [found] = await answer;
      return found;
    },
    async stop() {
      if (isOver()) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}
