import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findSandbox } from '../../sandbox/find-sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { createAgentRole } from './agent-role.ts';

const PROGRAM = fileURLToPath(new URL('testing/example-agent.ts', import.meta.url));

const found = await findSandbox(process.env);
if (found.sandbox === undefined) {
  if (process.env['CI']) throw new Error(found.problem);
  console.error(`SKIPPED: ${found.problem}`);
}

function setUp(...args: string[]) {
  const workspace = folderWorkspace();
  const controller = new AbortController();
  const context = contextOf(workspace, controller.signal);
  const homes = temporaryFolder();
  const role = createAgentRole({
    role: 'code_writer',
    agent: {
      title: 'Example',
      command: [process.execPath, '--no-warnings', PROGRAM, ...args],
      install: [],
      env: () => ({}),
    },
    homes,
    confinement: {
      sandbox: found.sandbox as Sandbox,
      workspace: 'write',
      hidden: [homedir()],
      readable: [dirname(dirname(process.execPath))],
      writable: [],
      network: 'none',
      limits: { memoryBytes: 2 ** 30, processes: 64, outputBytes: 2 ** 20 },
    },
  });
  const outputSchema = { type: 'object', properties: {}, additionalProperties: true };
  const perform = () => role.perform(assignmentOf({ outputSchema }), context);
  return { workspace, controller, context, homes, perform };
}

describe.skipIf(found.sandbox === undefined)('an agent behind a wall', () => {
  it('hands over without any network but the port of its tools', async () => {
    const { perform, workspace } = setUp('good');
    expect(await perform()).toMatchObject({ kind: 'advance' });
    expect(workspace.list()).toEqual(['hello.txt']);
  });

  it('writes to its home and its workspace alone', async () => {
    const elsewhere = join(temporaryFolder(), 'escaped');
    const { perform, context, homes } = setUp('escape', elsewhere);
    await perform();
    expect(existsSync(elsewhere)).toBe(false);
    expect(existsSync(join(homes, 'escaped'))).toBe(false);
    expect(context.heard.join(' ')).toMatch(/^Error: /);
  });

  it('that floods is ended by what its wall allows', async () => {
    const error = await failure(setUp('flood').perform());
    expect(error.code).toBe('limit_exceeded');
    expect(error.message).toContain('Example was ended: ');
  });

  it.each(['killed', 'deaf'])('leaves no process when it is %s', async (behaviour) => {
    const { perform, controller, workspace } = setUp(behaviour, 'child.txt');
    const child = join(workspace.path, 'child.txt');
    const performing = failure(perform());
    while (!existsSync(child)) await sleep(20);
    controller.abort();
    await performing;
    const { size } = statSync(child);
    await sleep(200);
    expect(statSync(child).size).toBe(size);
  });
});
