import { describe, expect, it } from 'vitest';
import { toJsonField, toWireField } from './field-names.ts';

describe('the names of fields', () => {
  it.each([
    ['workflowId', 'workflow_id', 'workflowId'],
    ['leaseMs', 'lease', 'lease'],
    ['timeoutSeconds', 'timeout', 'timeout'],
    ['retryAfterMs', 'retry_after', 'retryAfter'],
    ['token', 'claim_token', 'claimToken'],
    ['roles.0', 'roles.0', 'roles.0'],
    ['result.coveragePercent', 'result.coveragePercent', 'result.coveragePercent'],
    ['', '', ''],
  ])("core's '%s' is '%s' in protobuf and '%s' in JSON", (core, wire, json) => {
    expect(toWireField(core)).toBe(wire);
    expect(toJsonField(core)).toBe(json);
  });
});
