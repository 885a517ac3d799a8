import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type PrivateS3, s3Missing, startPrivateS3 } from '../testing/private-s3.ts';
import { openBucket } from './bucket.ts';
import { resolveS3Options } from './s3-artifact-store-options.ts';
import {
  createWorkflowIndexes,
  type WorkflowIndex,
  type WorkflowIndexes,
} from './workflow-indexes.ts';

let prefixes = 0;

describe.skipIf(s3Missing())('the index of a workflow', () => {
  let server: PrivateS3;
  beforeAll(async () => {
    server = await startPrivateS3();
  });
  afterAll(() => server?.destroy());

  async function setUp() {
    const prefix = `indexes/${prefixes++}`;
    const bucket = await openBucket(resolveS3Options({ ...server.at, prefix }));
    onTestFinished(() => bucket.close());
    const versions = async () =>
      (await server.keys(`${prefix}/index/wf_1/`)).map((key) => Number(key.split('/').at(-1)));
    return { indexes: createWorkflowIndexes(bucket), versions };
  }

  /** Makes versions that follow one another, each with a mark more. */
  async function goOn(indexes: WorkflowIndexes, times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      const base = await indexes.read('wf_1');
      expect(await indexes.follow('wf_1', base, withMark(base))).toBe(true);
    }
  }

  it('is its newest version; of the others, the one before it is left for who reads it now', async () => {
    const { indexes, versions } = await setUp();
    await goOn(indexes, 5);
    const { version, marks } = await indexes.read('wf_1');
    expect({ version, marks: marks.length }).toEqual({ version: 5, marks: 5 });
    expect(await versions()).toEqual([4, 5]);
  });

  it('has one next version, by whichever writer is first', async () => {
    const { indexes } = await setUp();
    await goOn(indexes, 1);
    const base = await indexes.read('wf_1');
    const tries = Array.from({ length: 10 }, () => indexes.follow('wf_1', base, withMark(base)));
    const counted = (await Promise.all(tries)).filter((done) => done);
    expect(counted).toHaveLength(1);
    expect((await indexes.read('wf_1')).marks).toHaveLength(2);
  });

  it('takes no version of a writer that is so late that the one it follows on is gone', async () => {
    const { indexes, versions } = await setUp();
    await goOn(indexes, 1);
    const late = await indexes.read('wf_1');
    await goOn(indexes, 5);
    expect(await versions()).not.toContain(2);
    expect(await indexes.follow('wf_1', late, withMark(late))).toBe(false);
    expect((await indexes.read('wf_1')).marks).toHaveLength(6);
    await goOn(indexes, 1);
    expect(await versions()).toEqual([6, 7]);
  });

  it('is read on from a list that is old', async () => {
    const { indexes } = await setUp();
    await goOn(indexes, 1);
    const listed = (await indexes.listAll()).newest.get('wf_1');
    await goOn(indexes, 3);
    expect((await indexes.read('wf_1', listed)).version).toBe(4);
  });
});

function withMark(base: WorkflowIndex): WorkflowIndex {
  const attempt = base.marks.length + 1;
  return { ...base, marks: [...base.marks, { state: 'testing', epoch: 1, attempt, accepted: [] }] };
}
