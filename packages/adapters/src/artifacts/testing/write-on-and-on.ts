// Writes artifacts until it is killed, into the store whose URL its argument is.
import { randomBytes } from 'node:crypto';
import type { ArtifactMeta } from '@baton/core';
import { openArtifactStore } from '../open/open-artifact-store.ts';

const [url = ''] = process.argv.slice(2);
const store = await openArtifactStore(url);
for (let n = 1; ; n++) {
  const meta: ArtifactMeta = {
    ...{ workflowId: 'wf_1', projectId: 'shop', state: 'testing', role: 'test_auditor' },
    ...{ epoch: 1, attempt: 1, name: `${n}`, mediaType: 'text/plain' },
    kind: 'output',
    createdAt: n,
  };
  const { number } = await store.write(meta, randomBytes(300_000));
  process.stdout.write(`${number}\n`);
}
