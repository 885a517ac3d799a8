export { findSandbox } from './find-sandbox.ts';
export {
  adviceFor,
  describeHindrances,
  type Hindrance,
  type SandboxSettings,
} from './hindrances/hindrance.ts';
export { parseHostRule } from './network/host-rules.ts';
export { createNoSandbox } from './no-sandbox.ts';
export type {
  Confined,
  ConfinedCommand,
  FoundSandbox,
  RefusedHost,
  Sandbox,
  SandboxCommand,
  SandboxLimits,
  SandboxPolicy,
} from './sandbox.ts';
export { isBelow, toolPaths } from './tool-paths.ts';
export { type Confinement, policyDigest, type Wall, wallOf } from './wall.ts';
