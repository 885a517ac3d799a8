import type { Gate, GateContext, PhaseState } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';

/** Refuses an output that does not pass every gate of its phase; reports all that failed. */
export function refuseAtGate(
  state: string,
  phase: PhaseState,
  output: JsonObject,
  context: GateContext,
): BatonError | undefined {
  if (phase.gates.length === 0) return undefined;
  const violations = [];
  for (const gate of phase.gates) {
    const found = judge(gate, output, context);
    if (found !== undefined) violations.push({ field: `gates.${gate.name}`, description: found });
  }
  if (violations.length === 0) return undefined;
  const found = violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
  return new BatonError('gate_not_passed', `the output of '${state}' does not pass: ${found}`, {
    violations,
    legal: phase.gates.map(({ name, description }) => `${name}: ${description}`),
  });
}

/** A gate that cannot judge does not let pass. */
function judge(gate: Gate, output: JsonObject, context: GateContext): string | undefined {
  try {
    return gate.check(output, context);
  } catch (reason) {
    return `it could not be judged: ${BatonError.from(reason).message}`;
  }
}
