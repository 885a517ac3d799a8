import type { HandOverOutput, JsonObject, RoleAdapter } from '@baton/core';
import { advanceWith, askAuthor, checkAuthor, objection, principalOf, saying } from './author.ts';
import { noteOutsideSources } from './outside-sources.ts';
import { refuseStaleVerdicts } from './stale-verdicts.ts';

/** Options of {@link createHandOverManager}. */
export interface HandOverManagerOptions {
  /** Looks at what is handed over. Can only be stricter. */
  readonly author?: RoleAdapter | undefined;
  /** Patterns of the folders with sources, as in `.gitignore`: what changed outside is noted. Default: the usual folders. */
  readonly sources?: readonly string[] | undefined;
}

const ROLE = 'release_manager';

/**
 * The Release Manager of `build-and-hand-over`: deploys nothing and runs nothing. It hands over the
 * workspace by its digest, once it has seen that testing and verification judged these very files. The
 * branch is made by the process that runs the build. A hand-over notes what was changed outside of the
 * source folders. An author that says no sends the work back to where the definition says.
 *
 * @throws BatonError `invalid_input` for an author of another role.
 * @example
 * import { createHandOverManager } from '@baton/adapters/checks';
 * const releaseManager = createHandOverManager({ sources: ['src/'] });
 */
export function createHandOverManager(options: HandOverManagerOptions = {}): RoleAdapter {
  const { author, sources } = options;
  checkAuthor(ROLE, author);
  return {
    role: ROLE,
    judges: true,
    ...principalOf(author),
    async perform(assignment, context) {
      await refuseStaleVerdicts(assignment, context);
      const workspaceDigest = await context.workspace?.digest();
      const measured = {
        handedOver: true,
        ...(workspaceDigest !== undefined && { workspaceDigest }),
      } satisfies HandOverOutput;
      const verdict = await askAuthor(author, assignment, context, measured);
      if (verdict.kind === 'objects') return verdict.outcome;
      const doubt = doubtOf(verdict.words);
      if (doubt !== undefined) return objection(`the author says no: ${doubt}`, verdict.words);
      await noteOutsideSources(context, sources);
      return advanceWith(verdict, measured, context);
    },
  };
}

/** What in the author's words speaks against the hand-over. */
function doubtOf({ handedOver }: JsonObject): string | undefined {
  if (handedOver === undefined || handedOver === true) return undefined;
  return saying('handedOver', handedOver);
}
