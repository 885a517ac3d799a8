import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openArtifactStore } from '@baton/adapters/artifacts';
import { openStore } from '@baton/adapters/open-store';
import { createOrchestrator } from '@baton/core';
import { describe, expect, it } from 'vitest';
import {
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { baton, createProject, documents, TIMEOUT } from './harness.ts';

/** A build that has failed in discovery, in a workspace's own database. */
async function aFailedBuild() {
  const project = createProject();
  const { store, close } = await openStore(`sqlite:${project.kept.database}`);
  const orchestrator = createOrchestrator({ store });
  const build = { projectId: 'greeter', buildId: 'b', userId: 'ada', requirements: {} };
  const { workflowId: id } = await orchestrator.start({ ...build, requestId: 'start' });
  const stop = { role: 'q_assistant', completedState: 'discovery', nextState: 'error' };
  await orchestrator.advance({ workflowId: id, ...stop });
  await close();
  return { ...project, id };
}

describe.concurrent('baton export and import', TIMEOUT, () => {
  it('move a build to another workspace, where it goes on', async () => {
    const { repo, folder, id } = await aFailedBuild();
    const file = join(folder, 'build.ndjson');
    const exported = await baton(['export', id, '--workspace', repo, '--out', file, '--json']);
    expect([exported.code, exported.stderr]).toEqual([0, '']);
    expect(documents(exported.stdout)).toEqual([{ workflowId: id, file }]);
    const other = createProject();
    const imported = await baton(['import', file, '--workspace', other.repo, '--json']);
    expect([imported.code, imported.stderr]).toEqual([0, '']);
    const events = readFileSync(file, 'utf8').match(/"kind":"event"/g);
    expect(documents(imported.stdout)).toMatchObject([
      { workflowId: id, projectId: 'greeter', state: 'error', events: events?.length },
    ]);
    const where = ['--workspace', other.repo, '--json'];
    const again = await baton(['export', id, '--workspace', other.repo]);
    expect(again.stdout).toBe(readFileSync(file, 'utf8'));
    const more = ['--reason', 'try again', '--timeout', '90000.5'];
    const retried = await baton(['request-retry', id, ...more, ...where]);
    expect(documents(retried.stdout)).toMatchObject([{ state: 'discovery' }]);
    const [moved] = documents((await baton(['status', id, ...where])).stdout);
    expect(moved.deadline - moved.updatedAt).toBe(90_000_500);

    const kept = join(folder, 'build.artifacts.ndjson');
    const from = await openArtifactStore(`folder:${join(folder, 'said')}`);
    const meta = { workflowId: id, projectId: 'greeter', state: 'discovery', role: 'q_assistant' };
    await from.write(
      {
        ...{ ...meta, epoch: 1, attempt: 1, kind: 'output', name: 'test' },
        ...{ mediaType: 'text/plain', createdAt: 1 },
      },
      Buffer.from('12 passed'),
    );
    await from.close();
    const both = ['--out', file, '--artifacts', kept];
    await baton(['export', id, '--workspace', repo, ...both], {
      env: { ARTIFACTS_URL: `folder:${join(folder, 'said')}` },
    });
    const third = createProject();
    const withArtifacts = ['import', file, '--artifacts', kept, '--workspace', third.repo];
    writeFileSync(`${kept}.cut`, readFileSync(kept, 'utf8').slice(0, -20));
    const cut = await baton([
      'import',
      file,
      '--artifacts',
      `${kept}.cut`,
      ...withArtifacts.slice(4),
    ]);
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining('is cut off')]);
    const together = await baton([...withArtifacts, '--json']);
    expect(documents(together.stdout)).toMatchObject([{ workflowId: id, artifacts: 1 }]);
    const logs = await baton(['logs', id, '--workspace', third.repo]);
    expect(logs.stdout).toContain('12 passed');

    const twice = await baton(['import', file, '--workspace', other.repo]);
    expect([twice.code, twice.stderr]).toEqual([4, expect.stringContaining('is here already')]);
  });

  it.skipIf(redisMissing())('move a build through a pipe into a database', async () => {
    const { repo, id } = await aFailedBuild();
    const redis = await startRedis();
    try {
      const { stdout } = await baton(['export', id, '--workspace', repo]);
      const piped = await baton(['import', '-', '--database', redis.url], { input: stdout });
      expect([piped.code, piped.stderr]).toEqual([0, '']);
      expect(piped.stdout).toMatch(/state +error/);
      expect((await baton(['export', id, '--database', redis.url])).stdout).toBe(stdout);
    } finally {
      await redis.destroy();
    }
  });

  it('leave nothing behind of what they refuse', async () => {
    const { repo, folder, id } = await aFailedBuild();
    const missing = await baton(['export', 'wf_none', '--workspace', repo, '--out', 'x.ndjson'], {
      cwd: folder,
    });
    expect(missing.code).toBe(3);
    expect(readdirSync(folder).filter((name) => name.startsWith('x.ndjson'))).toEqual([]);
    const nowhere = await baton(['export', id, '--database', `sqlite:${join(folder, 'no.db')}`]);
    expect([nowhere.code, existsSync(join(folder, 'no.db'))]).toEqual([3, false]);

    const { stdout } = await baton(['export', id, '--workspace', repo]);
    const file = join(folder, 'cut.ndjson');
    writeFileSync(file, stdout.slice(0, -10));
    const other = createProject();
    const cut = await baton(['import', file, '--workspace', other.repo]);
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining('cut off')]);
    expect(existsSync(other.kept.database)).toBe(false);
    const none = await baton(['import', join(folder, 'none'), '--workspace', other.repo]);
    expect(none.code).toBe(3);
  });
});
