import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { passingOutputs } from '@baton/core/testing';
import { ArtifactService, AssignmentService, WorkflowService } from '@baton/proto';
import { type DescFile, fromBinary, toJson } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { TEST_MS } from '../../packages/adapters/src/testing/patience.ts';
import { aBuild, startServer } from '../interop/start-server.ts';
import { hasPythonGrpc, PYTHON, PYTHON_WORKER, startPython } from './python.ts';

const TIMEOUT = { timeout: TEST_MS };

/** What the worker is to answer in discovery, after how many seconds. */
const scripted = (workSeconds: number) => ({
  ...aBuild,
  requirements: { conformance: { discovery: { workSeconds, answer: passingOutputs.discovery } } },
});

async function setUp(env: Record<string, string> = {}) {
  const server = await startServer();
  const worker = startPython('my_worker.py', {
    BATON_GRPC_SERVER: server.grpcAddress,
    BATON_LEASE_SECONDS: '3',
    ...env,
  });
  let log = '';
  worker.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  const baton = server.orchestrator;
  const claimed = (workflowId: string, epoch = 1) =>
    expect
      .poll(async () => {
        const status = await baton.status({ workflowId });
        return [status.epoch, status.claim?.worker.split('-')[0]];
      })
      .toEqual([epoch, 'python']);
  /** It has what was claimed for it. */
  const works = () => expect.poll(() => log).toContain('working on discovery');
  return { baton, worker, claimed, works, logged: () => log };
}

describe.skipIf(!hasPythonGrpc())('the Python worker (python3-grpcio, python3-protobuf)', () => {
  it('performs a whole build', TIMEOUT, async () => {
    const { baton, logged } = await setUp();
    const { workflowId } = await baton.start({ ...aBuild, buildId: 'b' });
    await expect.poll(async () => (await baton.status({ workflowId })).state).toBe('complete');
    const { handoffs } = await baton.history({ workflowId });
    expect(handoffs.map(({ fromState, toState }) => `${fromState} ${toState}`)).toEqual([
      'discovery planning',
      'planning handoff_to_coder',
      'handoff_to_coder implementation',
      'implementation handoff_to_tester',
      'handoff_to_tester testing',
      'testing handoff_to_verifier',
      'handoff_to_verifier verification',
      'verification handoff_to_releaser',
      'handoff_to_releaser deployment',
      'deployment complete',
    ]);
    expect(handoffs[1]?.data).toMatchObject(passingOutputs.planning);
    expect(logged()).toContain(`working on deployment of ${workflowId}`);
  });

  it('stops what is withdrawn, and goes on with what is asked instead', TIMEOUT, async () => {
    const { baton, claimed, works, logged } = await setUp();
    const { workflowId } = await baton.start({ ...scripted(600), buildId: 'b' });
    await works();
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'x' });
    await expect.poll(logged).toContain('stopped work that is not wanted any more: discovery');
    await claimed(workflowId, 2);
  });

  it('ends at once when it is told to while it waits', TIMEOUT, async () => {
    const { baton, worker } = await setUp();
    const { workflowId } = await baton.start({ ...aBuild, buildId: 'b' });
    await expect.poll(async () => (await baton.status({ workflowId })).state).toBe('complete');
    worker.kill('SIGTERM');
    expect(await once(worker, 'exit')).toEqual([0, null]);
  });

  it('is not stopped by what ends a process that it has forked', TIMEOUT, () => {
    const script = `
import multiprocessing, os, signal, time
from baton_worker import Worker

class Forking(Worker):
    def _take_all(self):
        forking = multiprocessing.get_context("fork")
        runs = forking.Event()
        child = forking.Process(target=lambda: (runs.set(), time.sleep(600)))
        child.start()
        runs.wait()
        child.terminate()
        child.join()
        print(child.exitcode, flush=True)
        os.kill(os.getpid(), signal.SIGTERM)

Forking("127.0.0.1:9", roles=["code_writer"], perform=None).run()`;
    const options = { cwd: PYTHON_WORKER, encoding: 'utf8' } as const;
    // With the number of the signal: it was ended by it, and the worker was there to see it.
    expect(execFileSync(PYTHON, ['-B', '-c', script], options)).toBe('-15\n');
  });

  it('finishes what it works on before it ends, and takes nothing more', TIMEOUT, async () => {
    const { baton, worker, works } = await setUp();
    const { workflowId } = await baton.start({ ...scripted(2), buildId: 'b' });
    await works();
    worker.kill('SIGTERM');
    expect(await once(worker, 'exit')).toEqual([0, null]);
    const status = await baton.status({ workflowId });
    expect([status.state, status.claim]).toEqual(['planning', undefined]);
  });

  it('gives back what it cannot finish in time', TIMEOUT, async () => {
    const { baton, worker, works } = await setUp({ BATON_GRACE_SECONDS: '0.1' });
    const { workflowId } = await baton.start({ ...scripted(600), buildId: 'b' });
    await works();
    worker.kill('SIGTERM');
    expect(await once(worker, 'exit')).toEqual([0, null]);
    const status = await baton.status({ workflowId });
    expect([status.state, status.claim, status.attempt]).toEqual(['discovery', undefined, 0]);
  });

  it('has the stubs of the contract', () => {
    const script = `
import base64, importlib, json, pathlib
names = sorted(path.stem for path in pathlib.Path("baton/v1").glob("*_pb2.py"))
files = [importlib.import_module("baton.v1." + name).DESCRIPTOR for name in names]
print(json.dumps({file.name: base64.b64encode(file.serialized_pb).decode() for file in files}))`;
    const options = { cwd: PYTHON_WORKER, encoding: 'utf8' } as const;
    const printed = execFileSync(PYTHON, ['-B', '-c', script], options);
    const found: Record<string, string> = JSON.parse(printed);
    const stubs = Object.entries(found).map(([name, bytes]) => [
      name,
      described(fromBinary(FileDescriptorProtoSchema, Buffer.from(bytes, 'base64'))),
    ]);
    expect(Object.fromEntries(stubs)).toEqual(contract());
  });
});

/** The files of the contract by name, as TypeScript has them. */
function contract(): Record<string, unknown> {
  const files = new Map<string, unknown>();
  const add = (file: DescFile): void => {
    if (file.proto.package !== 'baton.v1') return;
    files.set(file.proto.name, described(file.proto));
    file.dependencies.forEach(add);
  };
  for (const service of [WorkflowService, AssignmentService, ArtifactService]) add(service.file);
  return Object.fromEntries(files);
}

/** Without the names of fields in JSON, which only one of the two generators writes down. */
function described(file: FileDescriptorProto): unknown {
  const text = JSON.stringify(toJson(FileDescriptorProtoSchema, file));
  return JSON.parse(text, (key, value) => (key === 'jsonName' ? undefined : value));
}
