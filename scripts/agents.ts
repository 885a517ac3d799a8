// `pnpm agents`: installs the coding agents that people use, and has them carry whole builds against a
// model of our own, without any provider. Where they cannot be installed, it says so and is skipped.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './install-packages.ts';
import { missingPackages } from './missing-packages.ts';
import { root, run } from './run.ts';

/** Tried with these versions; some 1.3 GB. */
const AGENTS: Readonly<Record<string, string>> = {
  '@agentclientprotocol/claude-agent-acp': '0.49.0',
  '@agentclientprotocol/codex-acp': '2.6.0',
  '@google/gemini-cli': '0.61.0',
  'opencode-ai': '1.18.33',
};

const folder = process.env['BATON_AGENTS'] ?? join(root, 'node_modules/.cache/agents');

if (missingPackages(folder, AGENTS).length === 0 || install()) {
  process.env['BATON_AGENTS'] = folder;
  const tests = ['test/agents', 'real-agents', 'real-editors'];
  process.exitCode = run('vitest', ['run', ...tests, ...process.argv.slice(2)]) ? 0 : 1;
}

function install(): boolean {
  const specs = Object.entries(AGENTS).map(([name, version]) => `${name}@${version}`);
  console.log(`installing ${specs.join(', ')} into ${folder}`);
  try {
    mkdirSync(folder, { recursive: true });
    installPackages(folder, specs);
    return true;
  } catch (reason) {
    console.error(`SKIPPED: whole builds with agents; they cannot be installed here: ${reason}`);
    return false;
  }
}
