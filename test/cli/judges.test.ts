import { describe, expect, it } from 'vitest';
import { batonAlone as baton, createProject, type Project, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';

/** A build whose commands write down what they see, and leave something behind. */
function watched(verify = 'true'): Project {
  const project = createProject();
  project.steer({ implementation: 'right' });
  const seen = (name: string) =>
    `echo ${name}: $(ls -A) >> {config}/seen.log; echo x > ${name}.left`;
  project.configure((config) => {
    const writer = 'mkdir src src/.git; echo x > src/.git/code; echo x > writer.left';
    const voice = `exec node ${project.folder}/voice-command.mjs`;
    config.workspace = { ignored: ['*.left', 'installed/'] };
    config.roles.code_writer = { command: ['sh', '-c', `${writer}; ${voice}`] };
    const install =
      'echo install >> {config}/seen.log; mkdir -p installed; echo x > installed/tool';
    config.commands.install = { argv: ['sh', '-c', install] };
    const test = `${seen('test')}; exec node {config}/check.mjs $0`;
    config.commands.test.argv = ['sh', '-c', test, '{reports}'];
    config.commands.verify = [{ name: 'look', argv: ['sh', '-c', `${seen('verify')}; ${verify}`] }];
    const deploy = `${seen('deploy')}; exec node {config}/deploy.mjs {config}`;
    config.commands.deploy.argv = ['sh', '-c', deploy];
  });
  return project;
}

const TREE = '.git greeting.txt installed readme.md';

describe.concurrent('those who judge and deploy', TIMEOUT, () => {
  it('see the checkpoint and what was installed, whatever others have left', async () => {
    const { options, lines } = watched();
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
    expect(lines('seen.log')).toEqual([
      ...['install', 'install'],
      ...[`test: ${TREE}`, `verify: ${TREE}`, `deploy: ${TREE}`],
    ]);
  });

  it('have it installed anew once one of them has changed it', async () => {
    const { options, lines } = watched('echo y > installed/tool');
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
    const installs = lines('seen.log').filter((line) => line === 'install');
    expect(installs).toHaveLength(3);
    expect(lines('seen.log').at(-1)).toBe(`deploy: ${TREE}`);
  });

  it('cannot write what they judge where their command says so', async () => {
    const { options, configure, lines } = watched();
    configure((config) => {
      const script = 'if echo x > new.txt; then exit 1; fi; echo held >> {config}/seen.log';
      const sandbox = { workspace: 'read' };
      config.commands.verify = [{ name: 'look', argv: ['sh', '-c', script], sandbox }];
    });
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
    expect(lines('seen.log')).toContain('held');
  });
});
