import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batonAlone as baton, createProject, documents, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';

describe.concurrent('duties that are separated', TIMEOUT, () => {
  const BY_FAMILY = { phase: 'discovery', from: 'implementation', by: 'model_family' };

  it('stop a build before it begins when the roles do not say who performs them', async () => {
    const { options, configure, lines } = createProject();
    configure((config) => {
      config.separations = [BY_FAMILY];
      config.roles.code_writer.principal = { models: ['acme:large'], families: ['acme'] };
    });
    const { code, stderr } = await baton(['run', REQUEST, ...options]);
    const advice = 'set roles.q_assistant.principal.families';
    expect([code, stderr]).toEqual([2, expect.stringContaining(advice)]);
    expect(lines('performed.log')).toEqual([]);
    const doctor = await baton(['doctor', ...options]);
    expect([doctor.code, doctor.stdout]).toEqual([8, expect.stringContaining(advice)]);
  });

  it('are performed by those who declare that they differ, and so does the recording', async () => {
    const { options, steer, configure, folder, repo } = createProject();
    steer({ implementation: 'right' });
    const by = ['worker', 'model', 'model_family'] as const;
    configure((config) => {
      config.separations = by.map((one) => ({ ...BY_FAMILY, by: one }));
      const principal = { models: ['acme:large'], families: ['acme'], worker: 'eve' };
      config.roles.code_writer.principal = principal;
      config.roles.q_assistant = { command: ['node', '{config}/voice-command.mjs'] };
      config.roles.q_assistant.principal = { kind: 'program' };
    });
    const cassette = join(folder, 'recorded.json');
    const live = await baton(['run', REQUEST, ...options, '--record', cassette, '--json']);
    expect([live.code, live.stderr]).toEqual([0, '']);
    const [{ status }] = documents(live.stdout);
    const watch = await baton(['watch', status.workflowId, '--workspace', repo, '--json']);
    const claims = documents(watch.stdout).filter(({ type }) => type === 'assignment_claimed');
    expect(claims.map(({ data }) => data)).toMatchObject([
      { state: 'discovery', kind: 'program' },
      { state: 'planning', kind: 'program' },
      { state: 'implementation', models: ['acme:large'] },
      { state: 'testing', kind: 'program' },
      { state: 'verification', kind: 'program' },
      { state: 'deployment', kind: 'program' },
    ]);
    expect(claims[2].triggeredBy).toBe('eve');
    configure((config) => {
      config.roles = {};
    });
    const replay = await baton(['run', REQUEST, ...options, '--replay', cassette, '--new']);
    expect([replay.code, replay.stderr]).toEqual([0, '']);
  });
});
