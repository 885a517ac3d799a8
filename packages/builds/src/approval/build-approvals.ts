import type { JsonObject, WorkflowSnapshot, WorkflowStore } from '@baton/core';
import { type Demands, PEOPLE, type Rules, rulesIn } from '../config/check-against-server.ts';
import type { CommandLines } from '../text/command-lines.ts';
import { type ApprovalTokens, takesGivenToken } from './approval-tokens.ts';
import { GIVEN_TOKEN, NO_TOKEN, shownToken, type TokenHint, tokenElsewhere } from './token-hint.ts';

/** Who decides about the builds of a run. */
export interface BuildApprovals {
  /** What builds are begun with. */
  readonly metadata: JsonObject;
  /** Whether the person at this terminal may decide without a token. */
  mayAsk(workflowId: string): Promise<boolean>;
  /** What the build has demanded of people so far; undefined where a server holds to that. */
  demands(workflowId: string): Promise<Demands | undefined>;
  /** @throws BatonError `not_owner`, which is counted, for every other token than the build's. */
  check(workflowId: string, token: string): Promise<void>;
  /** What decisions elsewhere take. Shows a new token where a person sees it. */
  hint(workflowId: string): Promise<TokenHint>;
}

export interface RunApprovals {
  readonly store: WorkflowStore;
  readonly tokens: ApprovalTokens;
  /** What this run was given for builds that it begins; absent: nothing. */
  readonly given: string | undefined;
  /** Whether what is shown goes to a terminal and nowhere else. */
  readonly atTerminal: boolean;
  readonly where: CommandLines;
}

/** Events that are read at once. */
const PAGE = 1000;

/** Builds on a server: it decides who may change them. */
export const SERVER_APPROVALS: BuildApprovals = {
  metadata: {},
  mayAsk: async () => true,
  demands: async () => undefined,
  check: async () => undefined,
  hint: async () => NO_TOKEN,
};

/** @throws BatonError `invalid_input` for a given token that could be guessed. */
export function createBuildApprovals(parts: RunApprovals): BuildApprovals {
  const { store, tokens, given, atTerminal, where } = parts;
  const snapshotOf = async (workflowId: string): Promise<WorkflowSnapshot | undefined> =>
    (await store.load(workflowId))?.snapshot;
  return {
    metadata: given === undefined ? {} : tokens.begin(given),
    async mayAsk(workflowId) {
      const snapshot = await snapshotOf(workflowId);
      if (snapshot === undefined || !takesGivenToken(snapshot)) return true;
      // A role that makes itself a terminal and resumes the build does not have it.
      return tokens.isGiven(snapshot, given);
    },
    async demands(workflowId) {
      const snapshot = await snapshotOf(workflowId);
      if (snapshot === undefined) return undefined;
      let rules: Rules = { approvals: [], separations: [] };
      for (let after = 0; after < snapshot.sequence; ) {
        const page = await store.readEvents({ workflowId, after, limit: PAGE });
        rules = rulesIn(page) ?? rules;
        after = page.at(-1)?.sequence ?? snapshot.sequence;
      }
      return { ...rules, people: peopleIn(snapshot) };
    },
    async check(workflowId, token) {
      const snapshot = await snapshotOf(workflowId);
      const command = where.command(`token ${workflowId}${where.state}`);
      if (snapshot !== undefined) tokens.check(snapshot, token, `a terminal shows it: ${command}`);
    },
    async hint(workflowId) {
      const snapshot = await snapshotOf(workflowId);
      if (snapshot === undefined) return NO_TOKEN;
      if (takesGivenToken(snapshot)) return GIVEN_TOKEN;
      if (atTerminal) return shownToken(tokens.issue(snapshot));
      return tokenElsewhere(workflowId, where);
    },
  };
}

/** What a run put into the metadata of what it began, where it is sealed. */
function peopleIn({ metadata }: WorkflowSnapshot): readonly string[] {
  const people = metadata[PEOPLE];
  return Array.isArray(people) ? people.map(String) : [];
}
