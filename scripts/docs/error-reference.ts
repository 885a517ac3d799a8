import { Code } from '@connectrpc/connect';
import { exitCodeOf } from '../../packages/cli/src/exit-codes.ts';
import { BatonError, ERROR_CODES, type ErrorCode } from '../../packages/core/src/errors.ts';
import { RPC_CODES } from '../../packages/server/src/errors.ts';
import { HTTP_STATUS } from '../../packages/server/src/http/answer.ts';
import { code, table } from './table.ts';

const MEANINGS = {
  invalid_input: 'A field is missing, of the wrong type or out of range. `violations` names it.',
  not_found: 'There is no such workflow, question or definition.',
  illegal_transition: 'The definition has no such transition. `legal` lists the ones that it has.',
  wrong_state: 'The workflow is in another state than the request says.',
  gate_not_passed: 'The output fits its schema but fails a gate. `violations` names the gates.',
  timed_out: 'The time limit of the workflow is over.',
  budget_spent: 'A cap on tokens, cost or time is reached.',
  not_owner: 'The role or worker may not act in this state.',
  unauthenticated:
    'The caller has shown no key, token or certificate, or one that is wrong, expired or revoked.',
  permission_denied:
    'The caller is known, and may not do that: its key or token does not allow it.',
  stale_revision:
    'The workflow has changed since the `expectedRevision`, `expectedCheckpoint` or `expectedPlan` of the request.',
  stale_epoch: 'The work began before a retry or rollback.',
  stale_claim: 'The claim has expired, has ended, or belongs to another worker.',
  already_exists: 'A workflow of this project and build exists.',
  request_id_reused: 'The request id was used before, with another request.',
  limit_exceeded:
    'A message or payload is too large, the server holds too much already, or as much is performed as may be at once.',
  unavailable: 'The store or the server is away. The outcome of a change is unknown.',
  cancelled: 'The caller has ended the call.',
  deadline_exceeded: 'The call took longer than its deadline. The outcome of a change is unknown.',
  data_loss: 'A stored record is missing, cannot be read, or was changed by another program.',
  internal: "A bug in Baton. The message has an id; the server's log has the details under it.",
} as const satisfies Record<ErrorCode, string>;

/** Each error code, with what every binding makes of it. */
export function errorReference(): string {
  const rows = ERROR_CODES.map((name) => [
    code(name),
    MEANINGS[name],
    code(rpcName(RPC_CODES[name])),
    String(HTTP_STATUS[name]),
    String(exitCodeOf(name)),
    new BatonError(name, '').retryable ? 'yes' : '',
  ]);
  return table(['code', 'means', 'gRPC', 'HTTP', 'exit code', 'retry helps'], rows);
}

/** `InvalidArgument` as `INVALID_ARGUMENT`; gRPC spells `CANCELLED` with two Ls. */
function rpcName(rpc: Code): string {
  const name = Code[rpc].replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  return name === 'CANCELED' ? 'CANCELLED' : name;
}
