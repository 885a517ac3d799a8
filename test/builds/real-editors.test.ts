import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Asked,
  startFakeModel,
  toolCall,
  writeFile,
} from '../../packages/adapters/src/roles/agent/testing/fake-model.ts';
import type { Said } from '../../packages/adapters/src/roles/llm/testing/script.ts';
import {
  BATON_HOME,
  baton,
  COMMAND,
  createProject,
  type Project,
  TIMEOUT,
} from '../cli/harness.ts';

// BATON_AGENTS is a folder in which `npm install @agentclientprotocol/claude-agent-acp
// @agentclientprotocol/codex-acp` was run, which bring the agents themselves.
const folder = process.env['BATON_AGENTS'];
if (folder === undefined) console.error('SKIPPED: agents as clients of baton mcp (BATON_AGENTS)');
const modules = join(folder ?? '', 'node_modules');

const PROMPT = 'Have Baton build a greeting; you write the code.';

/** What the model of the agent does: starts a build, takes its code, writes it, hands it over. */
function createActor() {
  let step = 0;
  return (asked: Asked): Said => {
    // Agents ask for titles and the like, too, without tools.
    if (asked.tools.length === 0) return { text: 'A greeting' };
    const found = (pattern: RegExp) => asked.text.match(pattern)?.[1] ?? 'not found';
    const workId = found(/workId[\\":\s]+([0-9a-f-]{36})/);
    const workFolder = found(/folder[\\":\s]+(\/[^"\\]+)/);
    const result = { summary: 'says hello', changedFiles: ['greeting.txt'] };
    const outcome = { kind: 'advance', result };
    const asking = { request: 'Build me a greeting', actAs: ['code_writer'] };
    const said = [
      // The agents begin before their servers have started.
      () => toolCall(asked, /start_build/, asking) ?? pause(asked),
      () => toolCall(asked, /take_work/, { roles: ['code_writer'], waitSeconds: 50 }),
      () => writeFile(asked, workFolder, 'greeting.txt', 'hello\n'),
      () => toolCall(asked, /submit_work/, { workId, outcome }),
    ][step]?.();
    if (step > 0 || asked.tools.some((name) => name.includes('start_build'))) step++;
    return said ?? { text: 'All done.' };
  };
}

function pause(asked: Asked): Said | undefined {
  const command = 'sleep 1';
  return (
    toolCall(asked, /^Bash$/, { command, description: 'Waits' }) ??
    toolCall(asked, /^exec_command$/, { cmd: command })
  );
}

interface Editor {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function claude(url: string, { options }: Project, home: string): Editor {
  const servers = {
    mcpServers: { baton: { command: process.execPath, args: [COMMAND, 'mcp', ...options] } },
  };
  return {
    argv: [
      ...[join(modules, '@anthropic-ai/claude-agent-sdk-linux-x64/claude'), '-p', PROMPT],
      ...['--mcp-config', JSON.stringify(servers), '--strict-mcp-config'],
      ...['--permission-mode', 'bypassPermissions'],
    ],
    env: {
      ...{ CLAUDE_CONFIG_DIR: home, IS_SANDBOX: '1', DISABLE_TELEMETRY: '1' },
      ...{ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ENABLE_TOOL_SEARCH: 'false' },
      ...{ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'a-key' },
    },
  };
}

function codex(url: string, { options }: Project, home: string): Editor {
  const set = (name: string, value: unknown) => ['-c', `${name}=${JSON.stringify(value)}`];
  return {
    argv: [
      ...[join(modules, '.bin/codex'), 'exec', PROMPT, '--skip-git-repo-check'],
      '--dangerously-bypass-approvals-and-sandbox',
      ...[...set('model', 'gpt-5'), ...set('model_provider', 'fake')],
      ...set('model_providers.fake.name', 'fake'),
      ...set('model_providers.fake.base_url', `${url}/v1`),
      ...set('model_providers.fake.env_key', 'OPENAI_API_KEY'),
      ...set('model_providers.fake.wire_api', 'responses'),
      ...set('mcp_servers.baton.command', process.execPath),
      ...set('mcp_servers.baton.args', [COMMAND, 'mcp', ...options]),
      // Else it hands its server few of its variables.
      ...set('mcp_servers.baton.env.BATON_HOME', BATON_HOME),
      ...set('mcp_servers.baton.env.PATH', process.env['PATH']),
      ...set('mcp_servers.baton.tool_timeout_sec', 120),
    ],
    env: { CODEX_HOME: home, OPENAI_API_KEY: 'a-key' },
  };
}

describe.skipIf(folder === undefined)('as it is installed', () => {
  it.each([
    ['Claude Code', claude],
    ['Codex', codex],
  ])('%s starts a build over MCP and writes its code', TIMEOUT, async (_, editorOf) => {
    const project = createProject();
    const provider = await startFakeModel(createActor());
    onTestFinished(() => provider.close());
    const home = mkdtempSync(join(tmpdir(), 'baton-editor-'));
    const { argv, env } = editorOf(provider.url, project, home);
    const [program = '', ...args] = argv;
    // Nothing but this machine can be reached.
    const nowhere = 'http://127.0.0.1:9';
    const child = spawn(program, args, {
      cwd: project.repo,
      env: {
        ...{ PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: home, BATON_HOME },
        ...{ HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, NO_PROXY: '127.0.0.1,localhost' },
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
    }
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([0, expect.stringContaining('All done.')]);
    for (const one of provider.asked)
      console.error(
        one.results,
        one.tools.filter((t) => /baton|shell|exec|Write/.test(t)).join(' '),
        one.text.slice(-700),
      );
    // The editor has left before the checks were through: they are gone on with at a terminal.
    const workspace = project.options.slice(0, 2);
    const resumed = await baton(['resume', ...workspace]);
    const listed = await baton(['list', ...workspace, '--json']);
    expect([resumed.code, listed.stdout]).toEqual([0, expect.stringContaining('"complete"')]);
    // What it wrote was taken as it was: the roles of the configuration wrote nothing.
    expect(project.read('performed.log')).not.toContain('implementation');
  });
});
