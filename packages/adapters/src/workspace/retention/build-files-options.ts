import type { GitWorkspaceProviderOptions } from '../git-workspace-provider-options.ts';

/** Where the builds of a repository lie; the same options as for the workspace provider. */
export interface BuildFilesOptions
  extends Pick<
    GitWorkspaceProviderOptions,
    'repository' | 'directory' | 'stateDirectory' | 'env' | 'lockWaitMs'
  > {
  /**
   * Folder of other files of builds, each named `<workflowId>.<anything>`. The process that performs a build
   * holds a lock on the one that ends with `.lock`. Default: `runs` in the state folder.
   */
  readonly records?: string | undefined;
}
