import type { HandOverOutput, JsonObject, RoleAdapter } from '@baton/core';
import { advanceWith, askAuthor, checkAuthor, objection, principalOf, saying } from './author.ts';
import { refuseStaleVerdicts } from './measured-output.ts';
import { noteOutsideSources } from './outside-sources.ts';

/** Options of {@link createHandOverManager}. */
export interface HandOverManagerOptions {
  /** Reviews what is handed over. It can only be stricter. */
  readonly author?: RoleAdapter | undefined;
  /**
   * Patterns of the source folders, in the syntax of `.gitignore`. Changes outside of them are noted.
   * Default: the usual folders.
   */
  readonly sources?: readonly string[] | undefined;
}

const ROLE = 'release_manager';

/**
 * The Release Manager of `build-and-hand-over`. It deploys and runs nothing. It hands over the workspace by
 * its digest, after it has checked that testing and verification judged exactly these files. The process that
 * runs the build creates the branch. The role notes changes outside of the source folders. When the author
 * objects, the work goes back as the definition says.
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
      const { workspace, note } = context;
      const files = await workspace?.snapshot();
      await refuseStaleVerdicts(assignment, files);
      const workspaceDigest = await files?.digest();
      const measured = {
        handedOver: true,
        ...(workspaceDigest !== undefined && { workspaceDigest }),
      } satisfies HandOverOutput;
      const verdict = await askAuthor(author, assignment, context, measured, files);
      if (verdict.kind === 'objects') return verdict.outcome;
      const doubt = doubtOf(verdict.words);
      if (doubt !== undefined) return objection(`the author says no: ${doubt}`, verdict.words);
      await noteOutsideSources({ files, note }, sources);
      return advanceWith(verdict, measured, context);
    },
  };
}

/** Finds the author's objection to the hand-over. */
function doubtOf({ handedOver }: JsonObject): string | undefined {
  if (handedOver === undefined || handedOver === true) return undefined;
  return saying('handedOver', handedOver);
}
