// Tries the packages as their users get them: installs the tarballs into an empty project, and there,
// on each Node, runs the command, imports every entry point and starts an embedded build.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from './install-packages.ts';
import { type Manifest, manifestAt, packAll, publicPackages } from './public-packages.ts';
import { root, runQuietly } from './run.ts';

/** The oldest that is promised, and the one that the scripts run on. */
const OLDEST = '22.18.0';

/** Ends well once git is no child of this process: the process that runs it is found in the package. */
const GIT_APART = `import { createGit } from '@baton/adapters/workspace';
import { setTimeout as sleep } from 'node:timers/promises';
const git = createGit({ env: process.env, lockWaitMs: 0 });
const whose = ['-c', 'alias.whose=!ps -o ppid= -p $PPID', 'whose'];
const deadline = Date.now() + 60_000;
const isChild = async () =>
  Number((await git(whose, { cwd: import.meta.dirname })).stdout) === process.pid;
while (await isChild()) {
  if (Date.now() > deadline) throw new Error('git is still a child of the process that asks');
  await sleep(10);
}`;

/** Needs vitest, and a test that it runs in: here it is only looked up. */
const FOR_TESTS = new Set(['@baton/core/testing']);

const project = mkdtempSync(join(tmpdir(), 'baton-try-'));
try {
  const node = join(project, 'oldest');
  mkdirSync(node);
  installPackages(node, [`node@${OLDEST}`]);
  const app = join(project, 'app');
  mkdirSync(app);
  const packed = packAll(project);
  installPackages(app, packed);
  const withAgents = join(project, 'with-agents');
  mkdirSync(withAgents);
  installPackages(withAgents, [...packed, ...agentPackages()]);
  const nodes = [join(node, 'node_modules/node/bin/node'), process.execPath];
  process.exitCode = nodes.every((one) => works(one, app, withAgents)) ? 0 : 1;
} finally {
  rmSync(project, { recursive: true });
}

/** What agents are spoken with, and what the example agent speaks with. */
function agentPackages(): readonly string[] {
  const { devDependencies = {} } = manifestAt('packages/adapters/package.json');
  return Object.entries(devDependencies).flatMap(([name, version]) =>
    /^@(agentclientprotocol|modelcontextprotocol)\//.test(name) ? [`${name}@${version}`] : [],
  );
}

function works(node: string, app: string, withAgents: string): boolean {
  const entryPoints = publicPackages().flatMap(({ manifest }) => entryPointsOf(manifest));
  const script = join(app, 'imports.js');
  writeFileSync(
    script,
    entryPoints
      .map((one) =>
        FOR_TESTS.has(one) ? `import.meta.resolve('${one}');` : `await import('${one}');`,
      )
      .join('\n'),
  );
  writeFileSync(join(app, 'git-apart.js'), GIT_APART);
  cpSync(join(root, 'examples/01-embedded.ts'), join(app, 'embedded.ts'));
  const agents = join(root, 'packages/adapters/src/roles/agent/testing');
  for (const folder of [app, withAgents]) {
    cpSync(join(root, 'test/agents/packed-agent-process.ts'), join(folder, 'agent.ts'));
    for (const one of ['example-agent.ts', 'hello.ts'])
      cpSync(join(agents, one), join(folder, one));
  }
  const steps: readonly (readonly [string, readonly string[], string?])[] = [
    ['the command', [join(app, 'node_modules/.bin/baton'), '--version']],
    [`${entryPoints.length} entry points`, [script]],
    ['an embedded build', [join(app, 'embedded.ts')]],
    ['git in a process of its own', [join(app, 'git-apart.js')]],
    ['what an agent without its packages says', [join(app, 'agent.ts'), 'missing']],
    ['an agent as a role', [join(withAgents, 'agent.ts')], withAgents],
  ];
  return steps.every(([what, argv, folder = app]) => {
    const passed = runQuietly(node, argv, folder);
    console.log(
      `${what}, on ${node === process.execPath ? process.version : `v${OLDEST}`}: ${passed ? 'works' : 'does not work'}`,
    );
    return passed;
  });
}

function entryPointsOf({ name, exports = {} }: Manifest): readonly string[] {
  return Object.keys(exports).map((path) => name + path.slice(1));
}
