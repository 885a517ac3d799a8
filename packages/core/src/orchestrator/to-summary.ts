import type { Question } from '../model/question.ts';
import type { WorkflowStatus } from '../model/views.ts';

/** Characters that a page shows of a text. */
const MOST_CHARACTERS = 1000;
/** Questions that a page shows of a workflow. */
const MOST_QUESTIONS = 10;

/**
 * A workflow as a page shows it: what a status has, but of what people and roles wrote only so much that a
 * page of any workflows can be received. Of questions those that are open, of a failure what happened and not
 * its raw material.
 */
export function toSummary(status: WorkflowStatus): WorkflowStatus {
  const { failure, questions } = status;
  return {
    ...status,
    failure: failure && { ...failure, message: cut(failure.message), details: undefined },
    questions: questions
      .filter(({ answer }) => answer === undefined)
      .slice(0, MOST_QUESTIONS)
      .map(cutQuestion),
  };
}

function cutQuestion(question: Question): Question {
  return {
    ...question,
    text: cut(question.text),
    choices: question.choices.slice(0, MOST_QUESTIONS).map(cut),
  };
}

function cut(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  // Not between the two halves of a character that JavaScript counts twice.
  const isHalf = !text.slice(0, MOST_CHARACTERS).isWellFormed();
  return `${text.slice(0, MOST_CHARACTERS - (isHalf ? 1 : 0))}…`;
}
