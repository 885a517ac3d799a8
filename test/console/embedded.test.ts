import { type OpenConsoleOptions, openConsole, runBuild } from '@baton/builds';
import { type BatonClient, createBatonClient } from '@baton/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BATON_HOME, createProject, TIMEOUT } from '../cli/harness.ts';

const RELEASE = { from: 'handoff_to_releaser', to: 'deployment', by: ['grace'] };

/** A build that waits for grace, begun with a token or without, and a console of its repository. */
async function openedOn(begun: string | undefined, options: OpenConsoleOptions) {
  const project = createProject();
  project.steer({ implementation: 'right' });
  project.configure((config) => {
    config.approvals = [RELEASE];
  });
  const { repo: workspace, config } = project;
  const env = { ...process.env, BATON_HOME, BATON_APPROVAL_TOKEN: begun };
  const request = 'Build me a greeting';
  const result = await runBuild({ request, workspace, config, env });
  if (result.kind !== 'waiting') throw new Error(`it is ${result.kind}`);
  const opened = await openConsole({ workspace, env: { ...env, ...options.env }, ...options });
  onTestFinished(() => opened.close());
  const { origin, hash } = new URL(opened.link);
  const client = createBatonClient({
    baseUrl: origin,
    token: new URLSearchParams(hash.slice(1)).get('key') ?? '',
  });
  onTestFinished(() => client.close());
  return { origin, client, project, workflowId: result.status.workflowId };
}

const approve = (client: BatonClient, workflowId: string) =>
  client.decideApproval({ workflowId, approved: true, by: 'grace' });

describe('a console of a repository', TIMEOUT, () => {
  it('shows its builds to the holder of the key alone, and neither starts nor performs', async () => {
    const { client, origin, workflowId } = await openedOn(undefined, { atTerminal: true });
    const { workflows } = await client.list({});
    expect(workflows).toMatchObject([{ workflowId, awaiting: { kind: 'approval' } }]);
    const stranger = createBatonClient({ baseUrl: origin, token: 'console_of-a-stranger' });
    await expect(stranger.list({})).rejects.toMatchObject({ code: 'unauthenticated' });
    const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
    await expect(client.start(build)).rejects.toMatchObject({ code: 'permission_denied' });
    stranger.close();
  });

  it('decides by the configuration of the build when its link went to a terminal', async () => {
    const { client, workflowId } = await openedOn(undefined, { atTerminal: true });
    const plan = await client.planRollback({ workflowId, targetState: 'verification' });
    expect(plan.withdrawn).toMatchObject([{ state: 'verification' }]);
    const eve = { workflowId, approved: true, by: 'eve' };
    await expect(client.decideApproval(eve)).rejects.toMatchObject({ code: 'not_owner' });
    expect(await approve(client, workflowId)).toMatchObject({ state: 'deployment' });
    const events = [];
    for await (const { type } of client.watch({ workflowId, follow: false })) events.push(type);
    // By other rules than the run's, the trail would say so.
    expect(events).not.toContain('definition_changed');
  });

  it('takes the token of the build when the link went elsewhere', async () => {
    const token = 'a token from the secret store';
    const without = await openedOn(undefined, { atTerminal: false });
    await expect(approve(without.client, without.workflowId)).rejects.toMatchObject({
      code: 'not_owner',
    });
    const given = await openedOn(token, { atTerminal: false });
    expect(await approve(given.client, given.workflowId)).toMatchObject({ state: 'deployment' });
  });

  it('does not decide at a terminal what a token was given for', async () => {
    const env = { ...process.env, BATON_HOME, BATON_APPROVAL_TOKEN: undefined };
    const token = 'a token from the secret store';
    const { client, workflowId } = await openedOn(token, { atTerminal: true, env });
    await expect(approve(client, workflowId)).rejects.toMatchObject({ code: 'not_owner' });
  });
});
