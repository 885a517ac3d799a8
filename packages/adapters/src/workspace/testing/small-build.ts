import type { GitWorkspaceProvider } from '../git-workspace-provider-options.ts';
import { type TestRepository, writeFiles } from './test-repository.ts';

/** A judged build `w` that changed `files`, with a request to hand it over. */
export async function smallBuild(
  repository: TestRepository,
  files: Readonly<Record<string, string | Buffer>>,
  provider: GitWorkspaceProvider = repository.provider(),
) {
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, files);
  const checkpoint = await workspace.checkpoint('implementation');
  const request = { workflowId: 'w', checkpoint, branch: 'baton/work', message: 'Work', at: 0 };
  return { provider, workspace, checkpoint, request };
}
