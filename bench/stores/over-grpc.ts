import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivatePostgres } from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import { startRedis } from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { measureInTurn } from '../compare.ts';
import { grpcCandidates, grpcName } from '../over-grpc.ts';
import { printLoads, printMeasured } from '../print.ts';

/** Workflows that advance at once, and builds of ten commits a run. */
const LOADS = [
  { atOnce: 1, builds: 40 },
  { atOnce: 64, builds: 512 },
] as const;

interface Server {
  readonly url: string;
  destroy(): Promise<void> | void;
}

/** Databases of the benchmark's own, with every acknowledged commit on the disk. */
const SERVERS: Readonly<Record<string, () => Promise<Server>>> = {
  redis: startRedis,
  postgres: startPrivatePostgres,
  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
    return {
      url: `sqlite:${join(folder, 'grpc.db')}`,
      destroy: () => rmSync(folder, { recursive: true }),
    };
  },
};

/** Advances a second over gRPC, each store in turn with memory and with a no-op echo. */
export async function compareOverGrpc(stores: readonly string[], rounds: number): Promise<void> {
  for (const { atOnce, builds } of LOADS) {
    const servers: Server[] = [];
    const kinds: Record<string, string> = { echo: 'echo', memory: 'memory:' };
    let stop = (): void => {};
    try {
      for (const name of stores) {
        const server = await SERVERS[name]?.();
        if (server === undefined) throw new Error(`no server for ${name}`);
        servers.push(server);
        kinds[name] = server.url;
      }
      const started = await grpcCandidates(kinds, atOnce, builds);
      stop = started.stop;
      const measured = await measureInTurn(started.candidates, rounds);
      const echo = grpcName('echo', atOnce);
      const stored = Object.keys(kinds).slice(1);
      const beside = stored.map((name) => [grpcName(name, atOnce), echo] as const);
      printMeasured('advances a second', measured, beside);
      printLoads(
        started.candidates.map((candidate) => ({ name: candidate.name, ...candidate.loads() })),
      );
      console.log();
    } finally {
      stop();
      for (const server of servers) await server.destroy();
    }
  }
}
