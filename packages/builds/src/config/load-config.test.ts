import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { loadConfig } from './load-config.ts';

const PHASES = 'discovery, planning, implementation, testing, verification, deployment';

const commands = {
  test: { argv: ['x'] },
  verify: [{ name: 'x', argv: ['x'] }],
  deploy: { argv: ['x'], target: 'x' },
  smoke: [{ name: 'x', argv: ['x'] }],
};

/** What is wrong with a configuration, by field. @param text more members, as JSON. */
async function problems(text: string): Promise<Record<string, string>> {
  const folder = temporaryFolder();
  const whole = JSON.stringify({ roles: {}, commands }).slice(0, -1);
  writeFileSync(join(folder, 'baton.config.json'), `${whole}${text === '' ? '' : `, ${text}`}}`);
  try {
    await loadConfig(undefined, { workspace: folder, cwd: folder });
    return {};
  } catch (reason) {
    const { violations } = BatonError.from(reason);
    return Object.fromEntries(violations.map(({ field, description }) => [field, description]));
  }
}

it('lets what is right through', async () => {
  expect(await problems('')).toEqual({});
});

it('takes a deployment with its smoke tests, or neither', async () => {
  const { deploy, smoke, ...judging } = commands;
  const found = (some: object) =>
    problems(`"commands": ${JSON.stringify({ ...judging, ...some })}`);
  expect(await found({})).toEqual({});
  expect(await found({ deploy })).toEqual({
    'commands.smoke': expect.stringMatching(/write at least one.*or leave commands\.deploy out/),
  });
  expect(await found({ deploy, smoke: [] })).toHaveProperty(['commands.smoke']);
  expect(await found({ smoke })).toEqual({
    'commands.deploy': expect.stringContaining('or leave commands.smoke out'),
  });
  expect(await found({ rollback: { argv: ['x'] } })).toEqual({
    'commands.deploy': expect.stringContaining('or leave commands.rollback out'),
  });
});

it.each<[object, Record<string, unknown>, object]>([
  [
    { coverage: { minimum: 120 } },
    { 'commands.test.coverage.minimum': 'found 120; expected at most 100' },
    {},
  ],
  [
    { coverage: { of: 'new lines' } },
    { 'commands.test.coverage.of': 'found "new lines"; expected one of all, changed lines' },
    {},
  ],
  [
    { coverage: { minimun: 80 } },
    {
      'commands.test.coverage.minimun':
        'unknown key; expected one of report, format, minimum, of, exclude',
    },
    {},
  ],
  [{ coverage: 5 }, { 'commands.test.coverage': 'found 5; expected string or object' }, {}],
  [
    { coverage: { minimum: 70 } },
    { coverageThreshold: 'found it beside commands.test.coverage.minimum; expected one of both' },
    { coverageThreshold: 80 },
  ],
  [{ lcov: 'x', coverage: { report: 'x' } }, { 'commands.test.lcov': 'goes without coverage' }, {}],
  [
    { lcov: 'x', coverage: { format: 'go' } },
    { 'commands.test.lcov': 'goes without coverage' },
    {},
  ],
  [
    { coverage: { format: 'go' }, coverageFormat: 'go' },
    { 'commands.test.coverageFormat': 'goes without coverage.format' },
    {},
  ],
])('refuses coverage that cannot be: %j', async (test, found, more) => {
  const changed = { ...more, commands: { ...commands, test: { argv: ['x'], ...test } } };
  expect(await problems(JSON.stringify(changed).slice(1, -1))).toEqual(found);
});

it('reads a file that begins with a byte order mark', async () => {
  const folder = temporaryFolder();
  const text = JSON.stringify({ roles: {}, commands });
  writeFileSync(join(folder, 'baton.config.json'), `\uFEFF${text}`);
  const config = await loadConfig(undefined, { workspace: folder, cwd: folder });
  expect(config.commands.test.argv).toEqual(['x']);
});

it('takes for the address of a model what can be asked over the network', async () => {
  const model = (more: string) =>
    problems(`"models": { "main": { "provider": "openai-compatible", "model": "x"${more} } }`);
  const field = 'models.main.baseUrl';
  const example = expect.stringContaining('http://127.0.0.1:11434/v1');
  expect(await model(', "baseUrl": "localhost:11434"')).toEqual({ [field]: example });
  expect(await model('')).toEqual({ [field]: example });
  expect(await model(', "baseUrl": "http://localhost:11434"')).toEqual({});
});

it.each(['__proto__', 'constructor', 'toString'])('lets no key %s through', async (name) => {
  const found = await problems(`
    "${name}": 1,
    "budgets": { "${name}": 1, "phases": { "testing": { "${name}": 1 }, "${name}": { "tokens": 1 } } },
    "roles": { "${name}": 1, "q_assistant": { "human": true, "phases": { "${name}": "a" } } },
    "separations": [{ "phase": "testing", "from": "${name}", "by": "model" }],
    "approvals": [{ "from": "${name}", "to": "planning" }]`);
  expect(found).toMatchObject({
    [`budgets.phases.${name}`]: `unknown key; expected one of ${PHASES}`,
    [`budgets.phases.testing.${name}`]: 'unknown key; expected one of tokens, cost, wallSeconds',
    [`budgets.${name}`]: 'unknown key; expected one of tokens, cost, wallSeconds, phases',
    [`roles.q_assistant.phases.${name}`]: 'unknown key; expected one of discovery, planning',
    [`roles.${name}`]: expect.stringContaining('unknown key; expected one of q_assistant'),
    'separations[0].from': `found "${name}"; expected one of ${PHASES}`,
    'approvals[0].from': expect.stringContaining(`found "${name}"; expected one of discovery`),
  });
  expect(Object.getOwnPropertyNames(found)).toContain(name);
});

it('refuses __proto__ where nothing else is wrong, and as a name of a model', async () => {
  const phase = '"budgets": { "phases": { "__proto__": { "tokens": 1 } } }';
  expect(await problems(phase)).toEqual({
    'budgets.phases.__proto__': `unknown key; expected one of ${PHASES}`,
  });
  expect(await problems('"models": { "__proto__": { "provider": "openai" } }')).toEqual({
    'models.__proto__': 'unknown key; expected another name',
  });
});

it('takes an agent with what goes with it alone', async () => {
  const found = (writer: object) => problems(`"roles": ${JSON.stringify({ code_writer: writer })}`);
  const permissions = [{ kinds: ['execute'], decision: 'ask' }, { decision: 'allow' }];
  const whole = { mode: 'default', env: { A: 'b' }, permissions, continueOnRetry: false };
  const limits = { timeoutSeconds: 60, corrections: 0 };
  expect(await found({ agent: 'claude', ...whole, limits })).toEqual({});
  expect(await found({ agent: 'custom', command: ['x'], passEnv: ['KEY'] })).toEqual({});
  expect(await found({ agent: 'claude', model: 'none' })).toEqual({
    'roles.code_writer.model': "there is no model 'none'; models: none",
  });
  expect(await found({ agent: 'cursor' })).toEqual({
    'roles.code_writer.agent':
      'found "cursor"; expected one of claude, codex, gemini, opencode, custom',
  });
  expect(await found({ agent: 'custom' })).toEqual({
    'roles.code_writer.command': 'found nothing; expected what starts the custom agent',
  });
  expect(await found({ command: ['x'], mode: 'default' })).toEqual({
    'roles.code_writer.mode': 'goes with an agent only',
  });
  expect(await found({ agent: 'claude', timeoutSeconds: 5 })).toEqual({
    'roles.code_writer.timeoutSeconds': 'goes with a command only',
  });
  expect(await found({ agent: 'claude', human: true })).toEqual({
    'roles.code_writer': expect.stringContaining('found agent and human; expected exactly one of'),
  });
});
