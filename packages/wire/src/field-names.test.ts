import { describe, expect, it } from 'vitest';
import { toCoreField, toJsonField, toWireField } from './field-names.ts';

describe('the names of fields', () => {
  it.each([
    ['workflowId', 'workflow_id', 'workflowId'],
    ['leaseMs', 'lease', 'lease'],
    ['timeoutMs', 'timeout', 'timeout'],
    ['retryAfterMs', 'retry_after', 'retryAfter'],
    ['roles.0', 'roles.0', 'roles.0'],
    ['claimToken', 'claim_token', 'claimToken'],
    ['usage.inputTokens', 'usage.input_tokens', 'usage.inputTokens'],
    ['budgets.wallMs', 'budgets.wall', 'budgets.wall'],
    ['budgets.phases.bad_key.wallMs', 'budgets.phases.bad_key.wall', 'budgets.phases.bad_key.wall'],
    ['result.coveragePercent', 'result.coveragePercent', 'result.coveragePercent'],
    ['requirements.bad_key', 'requirements.bad_key', 'requirements.bad_key'],
    ['metadata.workflow_id', 'metadata.workflow_id', 'metadata.workflow_id'],
    // The violation of an output's schema has no name of ours before it.
    ['bad_key', 'bad_key', 'bad_key'],
    ['coveragePercent', 'coveragePercent', 'coveragePercent'],
    ['', '', ''],
  ])("core's '%s' is '%s' in protobuf and '%s' in JSON, and back", (core, wire, json) => {
    expect(toWireField(core)).toBe(wire);
    expect(toJsonField(core)).toBe(json);
    expect(toCoreField(wire)).toBe(core);
  });

  it("has the token of a claim by core's word where core has one for it", () => {
    expect(toWireField('token')).toBe('claim_token');
    expect(toCoreField('claim_token', 'baton.v1.RenewClaimRequest')).toBe('token');
    expect(toCoreField('claim_token', 'baton.v1.FailAttemptRequest')).toBe('claimToken');
    for (const [request, wire] of [
      ['RequestRetryRequest', 'requested_by'],
      ['RollbackWorkflowRequest', 'rolled_back_by'],
      ['AnswerQuestionRequest', 'answered_by'],
      ['DecideApprovalRequest', 'decided_by'],
    ]) {
      expect(toWireField('by', `baton.v1.${request}`)).toBe(wire);
      expect(toCoreField(`${wire}`, `baton.v1.${request}`)).toBe('by');
    }
  });

  it('takes the names of the wire as they are', () => {
    expect(toWireField('retry_after')).toBe('retry_after');
    expect(toJsonField('maxRetries')).toBe('maxRetries');
  });
});
