import {
  type Assignment,
  type Outcome,
  PERSON,
  type RoleAdapter,
  type RoleContext,
  type Workspace,
} from '@baton/core';
import { NO_ALLOWANCE } from '@baton/core/internal';
import { runCommand } from '../../process/run-command.ts';
import { type Answer, fieldsOf, type OutputField, readAnswer } from './read-answer.ts';

/** Options of {@link createHumanRole}. */
export interface HumanRoleOptions {
  /** The role that the person performs. */
  readonly role: string;
}

/**
 * A role that a person performs: it asks for the output and turns the answer into an outcome. When an answer
 * cannot be used, it asks again and says what was wrong.
 *
 * It keeps no state. The question depends on the assignment alone, so any process finds its answer again
 * after a restart.
 *
 * @example
 * import { createHumanRole } from '@baton/adapters/human';
 * const verifier = createHumanRole({ role: 'verification_overseer' });
 */
export function createHumanRole({ role }: HumanRoleOptions): RoleAdapter {
  return {
    role,
    principal: PERSON,
    reserve: NO_ALLOWANCE,
    async perform(assignment, context) {
      let problem: string | undefined;
      // The number makes the question new: the same text would find the refused answer again.
      for (let refused = 0; ; refused++) {
        const because = problem && `Answer ${refused} could not be used: ${problem}.`;
        const text = writeQuestion(assignment, context.workspace !== undefined, because);
        const said = assignment.answers.find(({ question }) => question === text);
        if (said === undefined) return { kind: 'ask', questions: [{ text }] };
        const answer = readAnswer(said.answer, assignment);
        const outcome = await outcomeOf(answer, assignment, context);
        if (typeof outcome !== 'string') return outcome;
        problem = outcome;
      }
    },
  };
}

/** Turns the answer into an outcome, or says why it cannot be used. */
async function outcomeOf(
  answer: Answer,
  assignment: Assignment,
  { workspace, signal }: RoleContext,
): Promise<Outcome | string> {
  if (answer.kind === 'unusable') return answer.problem;
  if (answer.kind === 'outcome') return answer.outcome;
  const { result, filesFrom } = answer;
  if (filesFrom !== undefined) {
    if (workspace === undefined) return 'it names files, and this build has no workspace';
    const problem = await takeFilesFrom(filesFrom, workspace, signal);
    if (problem !== undefined) return problem;
  }
  const listsFiles = Object.hasOwn(propertiesOf(assignment), 'changedFiles');
  if (!listsFiles || workspace === undefined || result['changedFiles'] !== undefined) {
    return { kind: 'advance', result };
  }
  const changedFiles = await workspace.changedFiles('entry');
  return { kind: 'advance', result: { ...result, changedFiles } };
}

function propertiesOf({ outputSchema }: Assignment): object {
  return (outputSchema['properties'] ?? {}) as object;
}

const REVISION = /^[\w][\w./@-]*$/;
const TIMEOUT_MS = 60_000;

/**
 * Copies the files of a branch or commit into the workspace. Returns the problem, or undefined on success.
 */
async function takeFilesFrom(
  revision: string,
  { path }: Workspace,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!REVISION.test(revision)) return `'${revision}' is not the name of a branch or commit`;
  const git = (...args: readonly string[]) =>
    runCommand({ argv: ['git', ...args], cwd: path, timeoutMs: TIMEOUT_MS, signal });
  const commit = `${revision}^{commit}`;
  const known = await git('rev-parse', '--verify', '--quiet', '--end-of-options', commit);
  if (known.exitCode !== 0) return `this repository has no branch or commit '${revision}'`;
  const taken = await git('restore', `--source=${known.stdout.trim()}`, '--worktree', '--', ':/');
  return taken.exitCode === 0 ? undefined : `the files cannot be taken: ${taken.stderr.trim()}`;
}

/** Characters of feedback that a question shows. */
const FEEDBACK_CHARACTERS = 4000;

/**
 * Writes the question to the person: the phase, why the work came back, what to hand over. Equal assignments
 * give equal questions; another epoch gives another question.
 */
function writeQuestion(
  assignment: Assignment,
  hasFiles: boolean,
  problem: string | undefined,
): string {
  const { state, role, epoch, requirements, feedback } = assignment;
  const request = requirements['request'];
  const fields = fieldsOf(assignment);
  return [
    `Please perform '${state}' as ${role} (epoch ${epoch}).`,
    ...(typeof request === 'string' ? [`The request: ${short(request)}`] : []),
    ...(feedback === undefined ? [] : [`It came back: ${short(feedback.reason)}`]),
    'To hand over:',
    ...fields.map(describe),
    'Answer with JSON of these fields, or with text for the required ones.',
    ...(hasFiles ? ["For files: commit them on a branch, and answer 'from <branch>: …'."] : []),
    "Instead: 'retry: <what must be done differently>' or 'fail: <why>'.",
    ...(problem === undefined ? [] : [problem]),
  ].join('\n');
}

function describe({ name, shown, required, description }: OutputField): string {
  return `- ${name} (${shown}${required ? '' : ', optional'}): ${description}`;
}

function short(text: string): string {
  return text.length <= FEEDBACK_CHARACTERS ? text : `${text.slice(0, FEEDBACK_CHARACTERS)}…`;
}
