// What an application needs that performs builds on git repositories, as `baton run` does.

export type { TokenHint } from './approval/token-hint.ts';
export {
  type BuildArtifactsOptions,
  listBuildArtifacts,
  readBuildArtifact,
} from './artifacts/build-artifacts.ts';
export type { CallerOptions, Environment } from './caller.ts';
export { type Config, loadConfig } from './config/load-config.ts';
export type { PoorlyMasked } from './config/poorly-masked.ts';
export {
  type OpenConsoleOptions,
  type OpenedConsole,
  openConsole,
} from './console/open-console.ts';
export { type DiagnoseOptions, diagnose } from './doctor/diagnose.ts';
export type { Finding } from './doctor/finding.ts';
export { type OpenedMcp, type OpenMcpOptions, openMcp } from './mcp/open-mcp.ts';
export type { Operations } from './operations/operations.ts';
export type { Retained } from './retention/apply-retention.ts';
export type { BuildObserver, OpenedBuild, People } from './run/build-observer.ts';
export type {
  AskingPeople,
  BuildOptions,
  BuildResult,
  PerformOptions,
  ResumeOptions,
} from './run/build-options.ts';
export type { BuildSummary } from './run/build-summary.ts';
export { type ComposeOptions, composeRoles } from './run/compose-roles.ts';
export type { HandedOver } from './run/hand-over.ts';
export { resumeBuild } from './run/resume-build.ts';
export { runBuild } from './run/run-build.ts';
export { type WatchBuildOptions, watchBuild } from './run/watch-build.ts';
export { startWorker } from './worker/start-worker.ts';
export type {
  HealthOptions,
  StartedWorker,
  StartWorkerOptions,
  WorkerObserver,
} from './worker/worker-options.ts';
