import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { Question } from '../model/outcome.ts';
import type { AnswerReply, AskReply } from '../model/replies.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { change, type EventDraft } from './change.ts';
import type { AnswerCommand, AskCommand, Decision } from './command.ts';
import { refuseEnded, refuseNonHolder, refusePrincipal, refuseStale } from './guards.ts';
import { divertWhenTimedOut } from './to-error.ts';
import { beginWaiting, endWaiting } from './waiting.ts';

/** A role cannot go on without a person: its claim ends, and the workflow waits for the answers. */
export function ask(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: AskCommand,
): Decision<AskReply> {
  const { now, claimToken, questions } = command;
  const refused = refuseStale(snapshot, command) ?? refuseNonHolder(snapshot, claimToken, now);
  if (refused !== undefined) return { kind: 'rejected', error: refused };
  const timedOut = divertWhenTimedOut(definition, snapshot, now, command);
  if (timedOut !== undefined) return timedOut;
  const { state, role = '' } = snapshot;
  const asked = questions.map(
    ({ text, choices = [] }, i): Question => ({
      // Never one that was used before: a late answer must not meet another question.
      id: `q${snapshot.questionsAsked + i + 1}`,
      text,
      choices,
      askedInState: state,
      askedBy: role,
      askedAt: now,
      answer: undefined,
    }),
  );
  const made = change(snapshot, now, {
    patch: {
      ...beginWaiting({ kind: 'answers', since: now }),
      questions: [...snapshot.questions, ...asked],
      questionsAsked: snapshot.questionsAsked + asked.length,
    },
    events: asked.map(
      ({ id, text, choices }): EventDraft => ({
        type: 'question_asked',
        triggeredBy: role,
        data: { state, questionId: id, text, choices },
      }),
    ),
    report: command,
  });
  const { id, revision, epoch } = made.snapshot;
  return {
    kind: 'accepted',
    change: made,
    reply: {
      workflowId: id,
      state,
      role: snapshot.role,
      revision,
      epoch,
      questionIds: asked.map((question) => question.id),
    },
  };
}

/** A person answers a question; with the last open one answered, the work goes on. */
export function answer(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: AnswerCommand,
): Decision<AnswerReply> {
  const { now, questionId, answer: text, by } = command;
  const refused =
    refuseStale(snapshot, command) ??
    refuseEnded(definition, snapshot) ??
    refusePrincipal(definition, by, []) ??
    refuseUnanswerable(snapshot, questionId) ??
    refuseOtherChoice(snapshot, questionId, text);
  if (refused !== undefined) return { kind: 'rejected', error: refused };
  const questions = snapshot.questions.map((question) =>
    question.id === questionId
      ? { ...question, answer: { text, answeredBy: by, at: now } }
      : question,
  );
  const open = questions.filter((question) => question.answer === undefined).map(({ id }) => id);
  const made = change(snapshot, now, {
    patch: { questions, ...(open.length === 0 && endWaiting(snapshot, now)) },
    events: [
      {
        type: 'question_answered',
        triggeredBy: by,
        data: { state: snapshot.state, questionId, answer: text, open },
      },
    ],
  });
  const { id, state, role, revision, epoch } = made.snapshot;
  const reply = { workflowId: id, state, role, revision, epoch, openQuestionIds: open };
  return { kind: 'accepted', change: made, reply };
}

function refuseUnanswerable(
  { id, questions, awaiting }: WorkflowSnapshot,
  questionId: string,
): BatonError | undefined {
  const question = questions.find((one) => one.id === questionId);
  const legal = questions.filter((one) => one.answer === undefined).map((one) => one.id);
  const open = legal.length === 0 ? 'none is open' : `open: ${legal.join(', ')}`;
  if (question === undefined) {
    const description = `workflow ${id} has no question '${questionId}'; ${open}`;
    const violations = [{ field: 'questionId', description }];
    return new BatonError('invalid_input', description, { violations, legal });
  }
  if (question.answer !== undefined) {
    const by = question.answer.answeredBy;
    const message = `question '${questionId}' of workflow ${id} was answered by '${by}' already; ${open}`;
    return new BatonError('wrong_state', message, { legal });
  }
  if (awaiting?.kind === 'answers') return undefined;
  return new BatonError('wrong_state', `workflow ${id} does not wait for an answer any more`);
}

function refuseOtherChoice(
  { questions }: WorkflowSnapshot,
  questionId: string,
  text: string,
): BatonError | undefined {
  const { choices } = questions.find((one) => one.id === questionId) as Question;
  if (choices.length === 0 || choices.includes(text)) return undefined;
  const description = `'${text}' is no answer to '${questionId}'; choices: ${choices.join(', ')}`;
  return new BatonError('invalid_input', description, {
    violations: [{ field: 'answer', description }],
    legal: choices,
  });
}
