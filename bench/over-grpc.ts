import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WorkflowService } from '@baton/proto';
import { create, type DescMethod, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import { type Candidate, timed } from './measure.ts';
import { PATH } from './path.ts';

const SERVER = fileURLToPath(new URL('grpc-server.ts', import.meta.url));
const { startWorkflow, advanceWorkflow } = WorkflowService.method;

/** Advances over gRPC against a server process of its own; `stop` ends the processes. */
export async function grpcCandidates(folder: string, atOnce: number, builds: number) {
  const kinds = { echo: 'echo', memory: 'memory', SQLite: `sqlite:${folder}/grpc-${atOnce}.db` };
  const servers: ChildProcess[] = [];
  const candidates: Candidate[] = [];
  for (const [name, kind] of Object.entries(kinds)) {
    const server = spawn(process.execPath, ['--conditions=baton-source', SERVER, kind], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    servers.push(server);
    const [port] = await once(server.stdout as NonNullable<ChildProcess['stdout']>, 'data');
    const client = new Client(`127.0.0.1:${Number(port)}`, credentials.createInsecure());
    candidates.push({
      name: `gRPC ${name}, ${atOnce} at once`,
      run: () => drive(client, kind === 'echo', atOnce, builds),
    });
  }
  return {
    candidates,
    stop: () => {
      for (const server of servers) server.kill();
    },
  };
}

let started = 0;

async function drive(client: Client, echo: boolean, atOnce: number, builds: number) {
  const ids: string[] = [];
  for (let i = 0; i < builds; i++) ids.push(echo ? `wf_${i}` : await start(client));
  return timed(builds * PATH.length, () =>
    Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
          for (const { completedState, role, result } of PATH) {
            const request = { workflowId: id, role, completedState, ...(result && { result }) };
            await call(client, advanceWorkflow, create(advanceWorkflow.input, request as object));
          }
        }
      }),
    ),
  );
}

async function start(client: Client): Promise<string> {
  const request = create(startWorkflow.input, {
    projectId: 'bench',
    buildId: `build-${started++}`,
    userId: 'bench',
    requirements: { request: 'Build me a dark mode feature' },
  });
  const reply = await call(client, startWorkflow, request);
  return (reply as unknown as { workflowId: string }).workflowId;
}

function call(client: Client, method: DescMethod, request: Message) {
  return new Promise<Message>((resolve, reject) => {
    client.makeUnaryRequest(
      `/${method.parent.typeName}/${method.name}`,
      (message: Message) => Buffer.from(toBinary(method.input, message)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      request,
      (error: unknown, reply?: Message) => (reply === undefined ? reject(error) : resolve(reply)),
    );
  });
}
