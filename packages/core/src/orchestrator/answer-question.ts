import { transition } from '../machine/transition.ts';
import type { AnswerReply } from '../model/replies.ts';
import { type AnswerQuestionRequest, answerQuestionRequest } from '../model/requests.ts';
import type { Kernel } from './kernel.ts';
import { mutate } from './mutate.ts';
import { validate } from './validate.ts';

export async function answerQuestion(
  kernel: Kernel,
  request: AnswerQuestionRequest,
): Promise<AnswerReply> {
  const { requestId, ...body } = validate(answerQuestionRequest, request, 'the answer');
  return mutate<AnswerReply>(kernel, {
    operation: 'answer_question',
    workflowId: body.workflowId,
    requestId,
    body,
    decide: (definition, snapshot) =>
      transition<'answer'>(definition, snapshot, {
        kind: 'answer',
        questionId: body.questionId,
        text: body.answer,
        answeredBy: body.answeredBy,
        expectedRevision: body.expectedRevision,
        expectedEpoch: undefined,
        now: kernel.options.clock.now(),
      }),
  });
}
