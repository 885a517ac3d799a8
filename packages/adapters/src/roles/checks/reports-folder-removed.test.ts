import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findSandbox } from '../../sandbox/find-sandbox.ts';
import type { Confinement } from '../../sandbox/wall.ts';
import { use } from '../llm/testing/tool-use.ts';
import { runCommandTool } from '../llm/tools/run-command-tool.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { contextOf } from '../testing/perform.ts';
import { readReport } from './read-report.ts';
import { withReportsFolder } from './reports-folder.ts';
import { runCheck } from './run-check.ts';

const found = await findSandbox(process.env);
if (found.sandbox === undefined) {
  if (process.env['CI']) throw new Error(found.problem);
  console.error(`SKIPPED: ${found.problem}`);
}

/** Does what coverage tools do to clean their folder. */
const AGAIN = 'rmdir "$0" && mkdir "$0" && echo written > "$0/report"';
const command = { name: 'test', argv: ['sh', '-c', AGAIN, '{reports}'] };

const confinement: Confinement | undefined = found.sandbox && {
  sandbox: found.sandbox,
  workspace: 'read',
  hidden: [homedir()],
  readable: [],
  writable: [],
  network: 'none',
  limits: { memoryBytes: 2 ** 30, processes: 64, outputBytes: 2 ** 20 },
};

it('a command without a sandbox can remove its reports folder and make it again', async () => {
  expect(await reportOf(undefined)).toEqual({ kind: 'read', report: 'written\n' });
});

it.skipIf(confinement === undefined)(
  'a command in a sandbox can remove its reports folder and make it again',
  async () => {
    expect(await reportOf(confinement)).toEqual({ kind: 'read', report: 'written\n' });
    const tool = runCommandTool([{ ...command, confinement }]);
    expect(await use(tool, { name: 'test' }, folderWorkspace())).toBe('exit code 0');
  },
);

function reportOf(confined: Confinement | undefined) {
  return withReportsFolder(async (reports) => {
    const place = { context: contextOf(folderWorkspace()), reports, cwd: undefined };
    const run = await runCheck('test', { ...command, confinement: confined }, place);
    expect(run.details).toBe('');
    return readReport(join(reports, 'report'), reports, (text) => text);
  });
}
