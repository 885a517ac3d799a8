export { createGitWorkspaceProvider } from './git-workspace-provider.ts';
export type {
  GitWorkspaceProvider,
  GitWorkspaceProviderOptions,
} from './git-workspace-provider-options.ts';
export type { HandOver, HandOverRequest, Identity } from './hand-over.ts';
export { hasDotSegment, type Places, placeProblem, placesOf } from './places.ts';
export type { TakeMode, Taken } from './take.ts';
