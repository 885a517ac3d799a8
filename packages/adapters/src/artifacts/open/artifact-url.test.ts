import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { absoluteArtifactUrl, describeArtifactUrl, parseArtifactUrl } from './artifact-url.ts';
import { openArtifactStore } from './open-artifact-store.ts';

describe('the URL of a store of artifacts', () => {
  it.each([
    ['folder:/srv/artifacts', { kind: 'folder', path: '/srv/artifacts' }],
    ['folder:kept here', { kind: 'folder', path: 'kept here' }],
    ['sqlite:artifacts.db', { kind: 'sqlite', path: 'artifacts.db' }],
    ['postgres://ada@db/baton', { kind: 'postgres', url: 'postgres://ada@db/baton' }],
  ])('%s names one', (url, found) => {
    expect(parseArtifactUrl(url)).toEqual(found);
  });

  it.each(['', 'folder:', 'folder://host/x', 'sqlite:', 'memory:', 'redis://db', '/srv/artifacts'])(
    "'%s' names none, and the legal forms are told",
    (url) => {
      expect(() => parseArtifactUrl(url)).toThrow(
        'expected folder:<path>, sqlite:<path>, postgres://…, postgresql://… or s3://<bucket>/<prefix>?endpoint=…&region=…&forcePathStyle=…',
      );
    },
  );

  it('is told without its password', () => {
    expect(describeArtifactUrl('postgres://ada:s3cret@db/baton')).toBe(
      'postgres://ada:***@db/baton',
    );
    expect(() => parseArtifactUrl('mysql://ada:s3cret@db/x')).toThrow(
      "found 'mysql://ada:***@db/x', expected",
    );
  });

  it('is the same from every folder once it is absolute', () => {
    expect(absoluteArtifactUrl('folder:kept', '/srv')).toBe('folder:/srv/kept');
    expect(absoluteArtifactUrl('sqlite:/a.db', '/srv')).toBe('sqlite:/a.db');
    expect(absoluteArtifactUrl('postgres://db/x', '/srv')).toBe('postgres://db/x');
  });

  it.each(['folder', 'sqlite'])('opens the store that it names: a %s', async (kind) => {
    const artifacts = await openArtifactStore(`${kind}:${join(temporaryFolder(), 'kept')}`);
    expect(await artifacts.list({ workflowId: 'wf_1', after: 0, limit: 1 })).toEqual([]);
    await artifacts.close();
  });

  it('of a server that is away is named without its password', async () => {
    await expect(openArtifactStore('postgres://ada:s3cret@127.0.0.1:1/x')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^postgres:\/\/ada:\*\*\*@127.0.0.1:1\/x cannot be opened: /),
    });
  });
});
