import type { GitWorkspaceProviderOptions } from '../git-workspace-provider-options.ts';

/** Where the builds of a repository lie; as for the provider of their workspaces. */
export interface BuildFilesOptions
  extends Pick<
    GitWorkspaceProviderOptions,
    'repository' | 'directory' | 'stateDirectory' | 'env' | 'lockWaitMs'
  > {
  /**
   * Folder of other files of builds, each named `<workflowId>.<anything>`; who holds one that ends in
   * `.lock` performs the build. Default: `runs` in the state folder.
   */
  readonly records?: string | undefined;
}
