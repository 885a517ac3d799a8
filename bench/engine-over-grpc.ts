import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createBatonClient } from '@baton/client';
import type { Engine } from './engine-candidate.ts';
import type { Served } from './grpc-server.ts';
import type { Backend } from './stores/backend.ts';

const SERVER = fileURLToPath(new URL('grpc-server.ts', import.meta.url));

/** A server in a process of its own, to which runs connect by the typed client, over gRPC. */
export async function serveApart({
  url,
  clear,
}: Pick<Backend, 'url' | 'clear'>): Promise<{ connect(): Promise<Engine>; stop(): void }> {
  let server: ChildProcess | undefined;
  return {
    async connect() {
      server?.kill();
      await clear();
      server = spawn(
        process.execPath,
        ['--conditions=baton-source', '--no-warnings', SERVER, url()],
        { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
      );
      const [{ port }] = (await once(server, 'message')) as [Served];
      const baseUrl = `http://127.0.0.1:${port}`;
      const client = createBatonClient({ baseUrl, protocol: 'grpc' });
      return { baton: client, close: async () => client.close() };
    },
    stop: () => void server?.kill(),
  };
}
