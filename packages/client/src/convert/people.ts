import type { Awaiting, Question } from '@baton/core/api';
import type * as wire from '@baton/proto';
import { moment } from './time.ts';

export function toQuestion(question: wire.Question): Question {
  const { answer } = question;
  return {
    id: question.id,
    text: question.text,
    choices: question.choices,
    askedInState: question.askedInState,
    askedBy: question.askedBy,
    askedAt: moment(question.askedAt),
    answer: answer && {
      text: answer.text,
      answeredBy: answer.answeredBy,
      at: moment(answer.answeredAt),
    },
  };
}

export function toAwaiting(awaiting: wire.Awaiting): Awaiting {
  const since = moment(awaiting.since);
  if (awaiting.kind !== 'approval') return { kind: 'answers', since };
  const { to = '', role = '', approvers } = awaiting;
  return { kind: 'approval', since, to, role, approvers };
}
