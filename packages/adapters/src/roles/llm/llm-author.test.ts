import { expect, it } from 'vitest';
import { createTestAuditor } from '../checks/test-auditor.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { contextOf } from '../testing/perform.ts';
import { GREEN, testCommand } from '../testing/test-command.ts';
import { createLlmRole } from './llm-role.ts';
import { buildAssignment } from './testing/perform-role.ts';
import { scriptedServer } from './testing/scripted-server.ts';

it('a model as an author gets the measured numbers, and cannot claim others', async () => {
  const claimed = { testsPassed: 99, testsFailed: 0, coveragePercent: 100, securityIssues: [] };
  const { baseURL, requests } = await scriptedServer('anthropic', [
    { calls: [{ name: 'advance', input: { ...claimed, remarks: 'thorough' } }] },
  ]);
  const author = createLlmRole({
    role: 'test_auditor',
    models: [{ provider: 'anthropic', model: 'm', apiKey: 'k', baseURL }],
  });
  const auditor = createTestAuditor({ test: testCommand(GREEN), author });
  const context = contextOf(folderWorkspace({ 'a.ts': 'x' }));
  expect(await auditor.perform(buildAssignment('testing'), context)).toMatchObject({
    kind: 'advance',
    result: { testsPassed: 2, coveragePercent: 91, remarks: 'thorough' },
  });
  expect(requests[0]?.text).toContain('output of measured');
  expect(context.noted.map(({ message }) => message)).toEqual([
    'testsPassed was claimed as 99, measured as 2',
    'coveragePercent was claimed as 100, measured as 91',
  ]);
});
