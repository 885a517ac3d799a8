import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fromJson, toBinary } from '@bufbuild/protobuf';
import { onTestFinished } from 'vitest';
import { PYTHON } from '../workers/python.ts';
import type { Caller } from './situations.ts';

/** RPCs by Debian's Python and grpcio. */
export function overGrpcio(address: string): Caller {
  const script = join(import.meta.dirname, 'grpcio_client.py');
  const child = spawn(PYTHON, [script, address], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return async ({ method }, request, token) => {
    const bytes = toBinary(method.input, fromJson(method.input, request as never));
    const call = {
      path: `/${method.parent.typeName}/${method.name}`,
      request: Buffer.from(bytes).toString('base64'),
      isUnary: method.methodKind === 'unary',
      token: token ?? null,
    };
    child.stdin.write(`${JSON.stringify(call)}\n`);
    const { value, done } = await lines.next();
    return done ? 'the client has ended' : value;
  };
}
