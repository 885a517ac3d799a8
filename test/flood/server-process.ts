import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtScript } from '../../scripts/built.ts';
import { makeCertificate } from '../interop/certificate.ts';
import type { Ports } from './good-client.ts';

/** A server in a process of its own, as its users start it. */
export interface ServerProcess extends Ports {
  readonly pid: number;
  readonly workflowId: string;
  isAlive(): boolean;
  /** Resident memory, in MiB; 0 once the process is gone. */
  rssMiB(): number;
  stop(): Promise<void>;
}

export async function startServerProcess(
  isTls: boolean,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-flood-'));
  const main = await builtScript('packages/server/src/main.ts');
  const child = spawn(process.execPath, ['--no-warnings', main], {
    cwd: folder,
    env: {
      ...{ PATH: process.env['PATH'], DATABASE_URL: 'memory:', LOG_LEVEL: 'error' },
      ...{ BATON_GRPC_PORT: '0', BATON_HTTP_PORT: '0' },
      ...(isTls && certificateIn(folder)),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [grpcPort, httpPort] = await portsOf(child);
  const { pid } = child;
  if (pid === undefined) throw new Error('the server ended before it listened');
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  return {
    ...{ pid, grpcPort, httpPort, isTls, isAlive },
    workflowId: await startLarge(httpPort, isTls),
    rssMiB() {
      if (!isAlive()) return 0;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    },
    async stop() {
      if (isAlive()) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      rmSync(folder, { recursive: true });
    },
  };
}

function certificateIn(folder: string): Record<string, string> {
  const { cert, key } = makeCertificate();
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  return { BATON_TLS_CERT: certFile, BATON_TLS_KEY: keyFile };
}

async function portsOf(child: ChildProcess): Promise<[grpc: number, http: number]> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    const [grpc, http] = [/gRPC +\S+:(\d+)/.exec(text), /HTTP +\S+:(\d+)/.exec(text)];
    if (grpc !== null && http !== null && text.includes('runs on')) {
      return [Number(grpc[1]), Number(http[1])];
    }
  }
  throw new Error(`the server ended before it listened: ${text}`);
}

async function startLarge(port: number, isTls: boolean): Promise<string> {
  const { request } = await import(isTls ? 'node:https' : 'node:http');
  const body = JSON.stringify({
    buildId: 'flood',
    userId: 'u',
    requirements: { text: 'x'.repeat(2_000_000) },
  });
  const url = `${isTls ? 'https' : 'http'}://127.0.0.1:${port}/api/workflows/flood/start`;
  const headers = { 'content-type': 'application/json' };
  const asked = request(url, { method: 'POST', headers, rejectUnauthorized: false });
  asked.end(body);
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  const { workflowId } = JSON.parse(text);
  if (typeof workflowId !== 'string') throw new Error(`no workflow was started: ${text}`);
  return workflowId;
}
