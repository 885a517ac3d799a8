import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { AgentName } from './agent-profile.ts';
import { createAgentRole } from './agent-role.ts';
import { startFakeModel, toolCall, writeFile } from './testing/fake-model.ts';

// BATON_AGENTS is a folder in which `npm install @agentclientprotocol/claude-agent-acp
// @agentclientprotocol/codex-acp @google/gemini-cli opencode-ai` was run: 1.3 GB, and no dependency of ours.
const folder = process.env['BATON_AGENTS'];
const programs = join(folder ?? '', 'node_modules', '.bin');
if (folder === undefined) console.error('SKIPPED: agents as they are installed (BATON_AGENTS)');

const outputSchema = {
  type: 'object',
  properties: {
    summary: { type: 'string' },
    changedFiles: { type: 'array', items: { type: 'string' } },
  },
  required: ['summary', 'changedFiles'],
  additionalProperties: false,
};

const RESULT = { summary: 'done', changedFiles: ['hello.txt'] };

describe.skipIf(folder === undefined)('as it is installed', () => {
  it.each<[AgentName, string, string | undefined]>([
    ['claude', 'claude-agent-acp', undefined],
    ['codex', 'codex-acp', 'gpt-5'],
    ['gemini', 'gemini', undefined],
    ['opencode', 'opencode', 'any'],
  ])('%s writes a file, corrects its outcome and hands over', async (agent, program, model) => {
    expect(existsSync(join(programs, program))).toBe(true);
    const workspace = folderWorkspace();
    const provider = await startFakeModel((asked) => {
      const said = [
        writeFile(asked, workspace.path, 'hello.txt', 'hello'),
        toolCall(asked, /submit/, { summary: 5 }),
        toolCall(asked, /submit/, RESULT),
      ][asked.results];
      // Agents ask for titles and the like, too, without tools.
      return asked.tools.length > 0 && said !== undefined ? said : { text: 'All done.' };
    });
    onTestFinished(() => provider.close());
    const role = createAgentRole({
      ...{ role: 'code_writer', agent, model },
      homes: temporaryFolder(),
      env: { PATH: `${programs}:${process.env['PATH']}` },
      openEndpoint: async () => ({ url: provider.url, key: 'none', close: async () => {} }),
    });
    const outcome = await role.perform(assignmentOf({ outputSchema }), contextOf(workspace));
    expect(outcome).toEqual({ kind: 'advance', result: RESULT });
    expect(workspace.read('hello.txt')).toBe('hello');
    const [, , corrected] = provider.asked.filter(({ tools }) => tools.length > 0);
    expect(corrected?.text).toContain('Not accepted.');
  });
});
