export { createGitWorkspaceProvider } from './git-workspace-provider.ts';
export type {
  GitWorkspaceProvider,
  GitWorkspaceProviderOptions,
} from './git-workspace-provider-options.ts';
export { hasDotSegment, type Places, placeProblem, placesOf } from './places.ts';
