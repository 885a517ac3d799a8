import type { Operations } from '@baton/builds';
import { plain } from '@baton/builds/internal';
import { BatonError, type WorkflowStatus } from '@baton/core';

/** Asks a person for lines of text. Lines are trimmed. */
export interface Prompt {
  say(text: string): void;
  /** @throws an AbortError when the question is settled, or when the input ends. */
  line(question: string): Promise<string>;
}

/** What a prompt about a build needs. */
export interface PartsToAsk {
  readonly operations: Operations;
  readonly person: string;
  readonly status: WorkflowStatus;
  readonly prompt: Prompt;
}

/** Asks the first open question until it has an answer that is accepted. */
export async function askQuestion(parts: PartsToAsk): Promise<void> {
  const { operations, person, status, prompt } = parts;
  const question = status.questions.find(({ answer }) => answer === undefined);
  if (question === undefined) return;
  const { id, text, choices, askedBy } = question;
  prompt.say(`\n${plain(askedBy)} asks (${id}): ${plain(text)}`);
  for (const [index, choice] of choices.entries()) prompt.say(`  ${index + 1}) ${plain(choice)}`);
  for (;;) {
    const said = await prompt.line('> ');
    if (said === '') continue;
    // A choice may be a number itself: its words go before its place.
    const answer = choices.includes(said) ? said : (choices[Number(said) - 1] ?? said);
    const { workflowId } = status;
    try {
      await operations.answerQuestion({ workflowId, questionId: id, answer, by: person });
      return;
    } catch (reason) {
      const error = BatonError.from(reason);
      if (error.code !== 'invalid_input') throw error;
      prompt.say(plain(error.message));
    }
  }
}

const YES = /^y(es)?$/i;
const NO = /^no?$/i;

/**
 * Asks whether a move may be made; if not, why, as feedback for the role that does it again.
 *
 * @throws BatonError `not_owner` when others have to decide.
 */
export async function askForApproval(parts: PartsToAsk): Promise<void> {
  const { operations, person, prompt, status } = parts;
  const { awaiting, state, workflowId } = status;
  if (awaiting?.kind !== 'approval') return;
  const { approvers, to } = awaiting;
  if (approvers.length > 0 && !approvers.includes(person)) {
    const message = `'${state}' → '${to}' is for ${approvers.join(' or ')} to approve, and this terminal answers as '${person}'; an approver who holds the token answers with baton approve --by <approver> (Baton records the name as given: the token is what it checks)`;
    throw new BatonError('not_owner', message, { legal: approvers });
  }
  prompt.say(`\n'${state}' → '${to}' waits for approval.`);
  const decision = { workflowId, by: person };
  for (;;) {
    const said = await prompt.line('Approve? (yes/no) ');
    if (YES.test(said)) {
      await operations.decideApproval({ ...decision, approved: true });
      return;
    }
    if (!NO.test(said)) continue;
    const reason = await prompt.line('What must be done differently? ');
    if (reason === '') continue;
    await operations.decideApproval({ ...decision, approved: false, reason });
    return;
  }
}
