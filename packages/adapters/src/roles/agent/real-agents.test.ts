import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { GatewayApi } from '../../gateway/gateway-options.ts';
import { createModelGateway } from '../../gateway/model-gateway.ts';
import { type CassetteUse, useFor } from '../../model-cassette/cassette-session.ts';
import { openModelCassette } from '../../model-cassette/model-cassette.ts';
import { findSandbox } from '../../sandbox/find-sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import type { AgentName } from './agent-profile.ts';
import { createAgentRole } from './agent-role.ts';
import { startFakeModel, toolCall, writeFile } from './testing/fake-model.ts';

// BATON_AGENTS is a folder in which `npm install @agentclientprotocol/claude-agent-acp
// @agentclientprotocol/codex-acp @google/gemini-cli opencode-ai` was run: 1.3 GB, and no dependency of ours.
const folder = process.env['BATON_AGENTS'];
const programs = join(folder ?? '', 'node_modules', '.bin');

const found = await findSandbox(process.env);
const missing = folder === undefined || found.sandbox === undefined;
if (missing) console.error('SKIPPED: agents as they are installed (BATON_AGENTS, bubblewrap)');

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

interface Carried {
  readonly agent: AgentName;
  readonly api: GatewayApi;
  readonly model: string | undefined;
  readonly workspace: ReturnType<typeof folderWorkspace>;
  /** Of the provider. */
  readonly url: string;
  readonly cassette: CassetteUse;
}

/** Has an agent write a file behind a wall, through a gateway. */
async function carry({ agent, api, model, workspace, url, cassette }: Carried) {
  const context = contextOf(workspace);
  const homes = temporaryFolder();
  const role = createAgentRole({
    ...{ role: 'code_writer', agent, model, homes },
    env: { PATH: `${programs}:${process.env['PATH']}` },
    confinement: {
      sandbox: found.sandbox as Sandbox,
      workspace: 'write',
      hidden: [homedir()],
      readable: [dirname(dirname(process.execPath))],
      writable: [],
      network: 'none',
      limits: { memoryBytes: 4 * 2 ** 30, processes: 512, outputBytes: 64 * 2 ** 20 },
    },
    openEndpoint: async (assignment) => {
      const baseUrl = `${url}/${api === 'gemini' ? 'v1beta' : 'v1'}`;
      const { signal, usage: report } = context;
      const values = { agents: homes };
      const gateway = await createModelGateway({
        upstreams: [{ api, baseUrl, key: 'of-the-provider' }],
        cassette: useFor({ ...cassette, values }, assignment, context),
        ...{ signal, report },
      });
      const { url: own, token: key, missing: failure, close } = gateway;
      return { url: own, key, failure, close };
    },
  });
  const outcome = await role.perform(assignmentOf({ outputSchema }), context);
  const requests = context.used.reduce((sum, used) => sum + used.requests, 0);
  return { outcome, requests };
}

describe.skipIf(missing)('as it is installed', () => {
  it.each<[AgentName, string, GatewayApi, string | undefined]>([
    ['claude', 'claude-agent-acp', 'anthropic', undefined],
    ['codex', 'codex-acp', 'openai', 'gpt-5'],
    ['gemini', 'gemini', 'gemini', undefined],
    ['opencode', 'opencode', 'openai', 'any'],
  ])(
    '%s writes a file, corrects its outcome and hands over, and does so again without its provider',
    async (agent, program, api, model) => {
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
      const path = join(temporaryFolder(), 'models.json');
      const using = (mode: CassetteUse['mode']) => ({ cassette: openModelCassette(path), mode });
      const { url } = provider;
      const common = { agent, api, model, url };
      const first = await carry({ ...common, workspace, cassette: using('record') });
      expect(first.outcome).toEqual({ kind: 'advance', result: RESULT });
      expect(workspace.read('hello.txt')).toBe('hello');
      // Every call was counted, once.
      expect(first.requests).toBe(provider.asked.length);
      const [, , corrected] = provider.asked.filter(({ tools }) => tools.length > 0);
      // Some agents check the arguments themselves.
      expect(corrected?.text).toMatch(/Not accepted\.|required property 'changedFiles'/);
      const asked = provider.asked.length;
      const another = folderWorkspace();
      const second = await carry({ ...common, workspace: another, cassette: using('replay') });
      expect(second.outcome).toEqual(first.outcome);
      expect(another.read('hello.txt')).toBe('hello');
      expect(provider.asked).toHaveLength(asked);
    },
    300_000,
  );
});
