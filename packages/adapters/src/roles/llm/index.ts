// To run builds:

export type { OutcomeReview } from '../review/outcome-review.ts';
export { createLlmRole } from './llm-role.ts';
export type { LlmRoleOptions } from './llm-role-options.ts';
export {
  type ModelConfig,
  type ModelOptions,
  modelConfigSchema,
  type OwnModel,
  type Price,
  priceSchema,
} from './model-config.ts';
export type { RolePrompt } from './role-prompt.ts';
export type { AllowedCommand } from './tools/run-command-tool.ts';
export type { ToolName } from './tools/tool-sets.ts';

// To write prompts and tools:

export { createModel } from './create-model.ts';
export type { Fence } from './fence.ts';
export { principalOf } from './principal.ts';
export { guidanceFor } from './prompts/guidance.ts';
export type { Prompt, PromptContext, RenderPrompt } from './prompts/prompt.ts';
export { renderPrompt } from './prompts/render-prompt.ts';
export {
  defineTool,
  type RoleTool,
  type RoleToolOptions,
  type ToolPlace,
} from './tools/role-tool.ts';
