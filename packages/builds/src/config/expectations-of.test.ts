import { buildDefinition, describeDefinition } from '@baton/core';
import { expect, it } from 'vitest';
import { configSchema } from './config-schema.ts';
import { expectationsOf } from './expectations-of.ts';

const commands = {
  install: { argv: ['npm', 'ci'] },
  test: {
    argv: ['npm', 'test', '--', '--dir', 'my reports'],
    coverage: '{reports}/c.xml',
    coverageFormat: 'cobertura' as const,
  },
  verify: [
    { name: 'lint', argv: ['npm', 'run', 'lint'] },
    { name: 'types', argv: ['tsc'] },
  ],
  deploy: { argv: ['./deploy.sh'], target: 'staging' },
  smoke: [{ name: 'home page', argv: ['curl', '-fsS', 'https://staging.example.org/'] }],
};
const config = configSchema.parse({
  roles: { code_writer: { human: true } },
  commands,
  workspace: { protected: ['test/acceptance/', '.github/'] },
});
const definition = buildDefinition({
  coverageThreshold: 92,
  approvals: [{ from: 'handoff_to_releaser', to: 'deployment', by: ['grace'] }],
});

it('the Code Writer hears of every gate, command, approval and file that its work will meet', () => {
  const lines = expectationsOf('code_writer', config, describeDefinition(definition));
  const text = lines.join('\n');
  for (const phase of ['testing', 'verification', 'deployment']) {
    const state = definition.states[phase];
    const gates = state?.kind === 'phase' ? state.gates : [];
    expect(gates.length).toBeGreaterThan(0);
    for (const { name, description } of gates) {
      expect(lines).toContain(`- ${phase}, gate ${name}: ${description}`);
    }
  }
  expect(text).toContain('Line coverage is at least 92 %');
  expect(text).toContain('stay as they are: test/acceptance/, .github/');
  expect(lines).toContain('- testing, runs install first: npm ci');
  expect(lines).toContain(
    '- testing, runs test: npm test -- --dir "my reports"; counts come from its JUnit report, line coverage from {reports}/c.xml (cobertura)',
  );
  expect(lines).toContain('- verification, runs lint: npm run lint');
  expect(lines).toContain('- verification, runs types: tsc');
  expect(lines).toContain(
    '- deployment, smoke test home page: curl -fsS https://staging.example.org/',
  );
  expect(lines).toContain('- a person approves: handoff_to_releaser → deployment by grace');
});

it('roles that judge hear nothing of it, and the planner all of it', () => {
  const described = describeDefinition(definition);
  expect(expectationsOf('verification_overseer', config, described)).toEqual([]);
  expect(expectationsOf('q_assistant', config, described)).toEqual(
    expect.arrayContaining([...expectationsOf('code_writer', config, described)]),
  );
});
