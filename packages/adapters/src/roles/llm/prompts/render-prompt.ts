import type { RenderPrompt } from './prompt.ts';
import { renderSystem } from './render-system.ts';
import { renderUser } from './render-user.ts';

/** The prompt of any assignment, those of custom definitions included. */
export const renderPrompt: RenderPrompt = (assignment, context) => ({
  system: renderSystem(assignment, context),
  user: renderUser(assignment, context),
});
