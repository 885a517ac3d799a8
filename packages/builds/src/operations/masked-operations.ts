import { type Redact, redactDeep } from '@baton/adapters/secrets';
import type { Operations } from './operations.ts';

/** The same operations; what people say in changes is masked before it is kept anywhere. */
export function maskedOperations(operations: Operations, redact: Redact): Operations {
  const masked = <T extends object, K extends keyof T>(request: T, ...names: readonly K[]): T => {
    const said = names.filter((name) => request[name] !== undefined);
    const entries = said.map((name) => [name, redactDeep(redact, request[name])]);
    return { ...request, ...Object.fromEntries(entries) };
  };
  return {
    ...operations,
    start: (request) => operations.start(masked(request, 'requirements', 'metadata')),
    advance: (request) => operations.advance(masked(request, 'result', 'notes')),
    requestRetry: (request) =>
      operations.requestRetry(masked(request, 'reason', 'details', 'notes')),
    rollback: (request) => operations.rollback(masked(request, 'reason')),
    answerQuestion: (request) => operations.answerQuestion(masked(request, 'answer')),
    decideApproval: (request) => operations.decideApproval(masked(request, 'reason')),
  };
}
