export { createGit, textOf as gitText } from '../git/git.ts';
export { remoteProblem } from '../git/remote-address.ts';
export { examineRepository } from './features/examine-repository.ts';
export type { RepositoryFeature } from './features/repository-feature.ts';
export { createGitWorkspaceProvider } from './git-workspace-provider.ts';
export type {
  GitWorkspaceProvider,
  GitWorkspaceProviderOptions,
} from './git-workspace-provider-options.ts';
export type { HandOver, HandOverRequest, Identity } from './hand-over.ts';
export { hasDotSegment, type Places, placeProblem, placesOf } from './places.ts';
export { type ProbedRemote, type ProbeRemoteOptions, probeRemote } from './probe-remote.ts';
export { changedParts, printRepository, type RepositoryPrint } from './repository-print.ts';
export type { BuildFiles } from './retention/build-files.ts';
export type { BuildFilesOptions } from './retention/list-build-files.ts';
export { type BuildFilesList, listBuildFiles } from './retention/list-build-files.ts';
export { type PrunedBuild, type PruneOptions, pruneBuilds } from './retention/prune-builds.ts';
export type { BuildStanding, PruneRules } from './retention/prune-rules.ts';
export type { PrunedPart } from './retention/pruned-parts.ts';
export type { SetAside } from './set-aside.ts';
export type { TakeMode, Taken } from './take.ts';
