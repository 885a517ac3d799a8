import type { RenderPrompt } from './prompt.ts';
import { renderSystem } from './render-system.ts';
import { renderUser } from './render-user.ts';

/** Renders the prompt of any assignment, including those of custom definitions. */
export const renderPrompt: RenderPrompt = (assignment, context) => ({
  system: renderSystem(assignment, context),
  user: renderUser(assignment, context),
});
