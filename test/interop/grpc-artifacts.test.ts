import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status as Code, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { startArtifactServer } from './artifact-fixture.ts';
import { connect, type GrpcClient, refusal, toRefusal } from './grpc-client.ts';
import { startServer } from './start-server.ts';

async function contentOf(client: GrpcClient, request: object): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const { content } of client.readArtifact(request)) pieces.push(content);
  return Buffer.concat(pieces);
}

async function refusalOf(client: GrpcClient, request: object) {
  const error: ServiceError = await contentOf(client, request).then(
    () => Promise.reject(new Error('expected a refusal')),
    (reason) => reason,
  );
  return toRefusal(error);
}

describe('artifacts over gRPC, to a client without generated types', () => {
  it('are listed with all that is known of them', async () => {
    const { grpcAddress, workflowId, keep } = await startArtifactServer();
    await keep('12 passed');
    const { artifacts, nextPageToken } = await connect(grpcAddress).call('listArtifacts', {
      workflowId,
    });
    expect(nextPageToken).toBeUndefined();
    expect(artifacts).toEqual([
      {
        ...{ workflowId, number: 1, projectId: 'shop', state: 'testing', role: 'test_auditor' },
        ...{ epoch: 1, attempt: 1, kind: 'output', name: 'test: unit', mediaType: 'text/plain' },
        treeDigest: 'abc',
        digest: createHash('sha256').update('12 passed').digest('hex'),
        ...{ size: 9, truncated: false, superseded: false, compressedSize: expect.any(Number) },
        createdAt: { seconds: 1_700_000_000, nanos: 0 },
      },
    ]);
  });

  it('are listed by page, filter, and from a number on', async () => {
    const { grpcAddress, workflowId, keep } = await startArtifactServer();
    for (const attempt of [1, 2, 3, 4]) {
      await keep(`attempt ${attempt}`, { attempt, kind: attempt === 2 ? 'report' : 'output' });
    }
    const client = connect(grpcAddress);
    const list = async (filter: object) => {
      const { artifacts, nextPageToken } = await client.call('listArtifacts', {
        workflowId,
        ...filter,
      });
      return { numbers: artifacts.map(({ number }: { number: number }) => number), nextPageToken };
    };
    const first = await list({ pageSize: 2 });
    expect(first.numbers).toEqual([1, 2]);
    const second = await list({ pageSize: 2, pageToken: first.nextPageToken });
    expect(second).toEqual({ numbers: [3, 4], nextPageToken: undefined });
    expect((await list({ kind: 'report' })).numbers).toEqual([2]);
    expect((await list({ attempt: 3 })).numbers).toEqual([3]);
    expect((await list({ state: 'planning' })).numbers).toEqual([]);
    expect((await list({ afterNumber: 3 })).numbers).toEqual([4]);
    const other = { workflowId, kind: 'diff', pageToken: first.nextPageToken };
    expect((await refusal(client.call('listArtifacts', other))).message).toContain('other filters');
  });

  it('are read whole and by a range of bytes', async () => {
    const { grpcAddress, workflowId, keep } = await startArtifactServer();
    const content = randomBytes(1_000_000);
    await keep(content);
    await keep('');
    const client = connect(grpcAddress);
    const whole = await contentOf(client, { workflowId, number: 1 });
    expect(whole.equals(content)).toBe(true);
    const part = await contentOf(client, {
      workflowId,
      number: 1,
      fromByte: 70_000,
      toByte: 200_001,
    });
    expect(part.equals(content.subarray(70_000, 200_001))).toBe(true);
    const beyond = { workflowId, number: 1, fromByte: 999_999, toByte: 2_000_000 };
    expect((await contentOf(client, beyond)).equals(content.subarray(999_999))).toBe(true);
    expect(await contentOf(client, { workflowId, number: 1, fromByte: 5_000_000 })).toHaveLength(0);
    expect(await contentOf(client, { workflowId, number: 2 })).toHaveLength(0);
    const { artifact } = await client.call('getArtifact', { workflowId, number: 1 });
    expect(artifact).toMatchObject({ number: 1, size: 1_000_000 });
  });

  it('that are not there are refused, as is what is no number, range or kind', async () => {
    const { grpcAddress, workflowId, keep } = await startArtifactServer();
    await keep('12 passed');
    const client = connect(grpcAddress);
    const unknown = await refusal(client.call('listArtifacts', { workflowId: 'wf_0' }));
    expect(unknown).toMatchObject({ code: Code.NOT_FOUND, info: { reason: 'NOT_FOUND' } });
    const missing = await refusal(client.call('getArtifact', { workflowId, number: 2 }));
    expect(missing).toMatchObject({
      code: Code.NOT_FOUND,
      message: `workflow ${workflowId} has no artifact 2`,
    });
    expect(await refusalOf(client, { workflowId, number: 2 })).toMatchObject({
      code: Code.NOT_FOUND,
    });
    expect(await refusalOf(client, { workflowId })).toMatchObject({
      code: Code.INVALID_ARGUMENT,
      violations: [{ field: 'number', description: 'expected at least 1, found 0' }],
    });
    const backwards = { workflowId, number: 1, fromByte: 2, toByte: 1 };
    expect(await refusalOf(client, backwards)).toMatchObject({
      code: Code.INVALID_ARGUMENT,
      violations: [
        { field: 'to_byte', description: 'expected at least 2, where the range begins, found 1' },
      ],
    });
    const kind = await refusal(client.call('listArtifacts', { workflowId, kind: 'film' }));
    expect(kind.violations).toEqual([
      { field: 'kind', description: expect.stringContaining('"transcript"') },
    ]);
  });

  it('whose content was damaged are not passed off as what was said', async () => {
    const { grpcAddress, workflowId, keep, folder } = await startArtifactServer();
    await keep('12 passed');
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (/[0-9a-f]{64}/.test(name)) writeFileSync(join(folder, name), '13 passed');
    }
    const refused = await refusalOf(connect(grpcAddress), { workflowId, number: 1 });
    expect(refused.code).toBe(Code.DATA_LOSS);
  });

  it('are not there on a server without a store for them, and it says so', async () => {
    const client = connect((await startServer()).grpcAddress);
    const expected = {
      code: Code.FAILED_PRECONDITION,
      message: 'this server was given no store of artifacts; start it with ARTIFACTS_URL',
    };
    const workflowId = 'wf_1';
    expect(await refusal(client.call('listArtifacts', { workflowId }))).toMatchObject(expected);
    const one = { workflowId, number: 1 };
    expect(await refusal(client.call('getArtifact', one))).toMatchObject(expected);
    expect(await refusalOf(client, one)).toMatchObject(expected);
  });

  it('that a caller reads no further are given up, and others are read meanwhile', async () => {
    const { grpcAddress, workflowId, keep } = await startArtifactServer({
      // Room for one content at a time, and seconds for each.
      limits: { heldBytes: 4 * 1024 * 1024, replySeconds: 1 },
    });
    const content = randomBytes(4 * 1024 * 1024);
    await keep(content);
    const slow = connect(grpcAddress).readArtifact({ workflowId, number: 1 });
    const cut = new Promise<ServiceError>((resolve) => slow.once('error', resolve));
    await once(slow, 'readable');
    // It was let in first: this one waits until the other has lost its place.
    const read = await contentOf(connect(grpcAddress), { workflowId, number: 1 });
    expect(read.equals(content)).toBe(true);
    expect(await cut).toMatchObject({ code: Code.RESOURCE_EXHAUSTED });
  });
});
