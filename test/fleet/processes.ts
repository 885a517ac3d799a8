import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const RESTART_MS = 300;

/** A process that is started again with the same arguments whenever it was killed. */
export interface Restarted {
  readonly name: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  pause(ms: number): Promise<void>;
}

/** @param ready resolves once the process serves. */
export function restarted(
  name: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  ready: () => Promise<void> = async () => {},
): Restarted {
  let child: ChildProcess | undefined;

  function run(): void {
    const started = spawn(process.execPath, ['--no-warnings', ...argv], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child = started;
    started.once('exit', () => {
      // It ended by itself, as a server does that finds no store: as any supervisor, start it again.
      if (child === started) setTimeout(() => child === started && run(), RESTART_MS);
    });
  }

  return {
    name,
    async kill() {
      const dying = child;
      child = undefined;
      if (dying === undefined || dying.exitCode !== null || dying.signalCode !== null) return;
      const ended = once(dying, 'exit');
      dying.kill('SIGKILL');
      await ended;
    },
    async start() {
      run();
      await ready();
    },
    async pause(ms) {
      const paused = child;
      paused?.kill('SIGSTOP');
      await sleep(ms);
      paused?.kill('SIGCONT');
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves once something listens on the port. */
export async function listens(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await sleep(50);
  }
}
