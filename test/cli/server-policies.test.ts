import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, startServer, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';
const RELEASE = { from: 'handoff_to_releaser', to: 'deployment', by: ['eve', 'grace'] };
const APART = { phase: 'verification', from: 'implementation', by: 'model_family' };

/** A project and a server whose operator demands `policies`. */
async function withServer(policies: object) {
  const project = createProject();
  const file = join(project.folder, 'policies.json');
  writeFileSync(file, JSON.stringify(policies));
  const { address } = await startServer('0', 'memory:', ['--policies', file]);
  const at = [...project.options, '--server', address];
  return { ...project, address, at };
}

describe.concurrent('what a project demands of a server', TIMEOUT, () => {
  it('is refused where the server does not, with the way to have it demanded', async () => {
    const { at, configure, lines, address } = await withServer({
      approvals: [{ ...RELEASE, by: ['eve'] }],
    });
    configure((config) => {
      config.approvals = [RELEASE];
    });
    const { code, stderr } = await baton(['run', REQUEST, ...at]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        `approvals: 'handoff_to_releaser → deployment by eve or grace' is not demanded by ${address}, whose own definition 'build@1' counts`,
      ),
    ]);
    expect(stderr).toContain('WORKFLOW_POLICIES');
    const doctor = await baton(['doctor', ...at]);
    expect([doctor.code, doctor.stdout]).toEqual([
      8,
      expect.stringContaining('is not demanded by'),
    ]);
    expect(lines('performed.log')).toEqual([]);
  });

  it('holds where the server demands it, too, in whatever order', async () => {
    const { at, configure, steer, address, repo } = await withServer({
      approvals: [{ ...RELEASE, by: ['grace', 'eve'] }],
      separations: [APART],
    });
    steer({ implementation: 'right' });
    configure((config) => {
      config.approvals = [RELEASE];
      config.separations = [APART];
      config.roles.code_writer.principal = { families: ['acme'] };
    });
    const doctor = await baton(['doctor', ...at]);
    expect(doctor.stdout).toMatch(/✔ policies +build@1/);
    const waiting = await baton(['run', REQUEST, ...at]);
    expect([waiting.code, waiting.stderr]).toEqual([7, '']);
    const [, id = ''] = /baton approve (\S+) --by/.exec(waiting.stdout) ?? [];
    const approve = ['approve', id, '--by', 'grace', '--server', address];
    expect((await baton(approve)).code).toBe(0);
    expect((await baton(['resume', '--workspace', repo])).code).toBe(0);
    const { stdout } = await baton(['definition', '--server', address]);
    expect(stdout).toContain('handoff_to_releaser → deployment by eve or grace');
    expect(stdout).toContain('verification apart from implementation by model_family');
  });
});

it(
  'roles that cannot meet what a server demands are refused before a build begins',
  TIMEOUT,
  async () => {
    const { at, lines } = await withServer({ separations: [APART] });
    const { code, stderr } = await baton(['run', REQUEST, ...at]);
    const advice = 'set roles.code_writer.principal.families';
    expect([code, stderr]).toEqual([2, expect.stringContaining(advice)]);
    expect(lines('performed.log')).toEqual([]);
  },
);

it('a server with policies that it cannot read does not start', TIMEOUT, async () => {
  const { code, stderr } = await baton(['serve', '--policies', 'none.json', '--port', '0']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/WORKFLOW_POLICIES: \/\S+\/none.json: there is no such file/),
  ]);
});
