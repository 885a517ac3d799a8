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
    if (!applies(gate, context)) continue;
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

/** Which gates of a phase its output has passed, and which had nothing to judge there. */
export function gatesAt(
  { gates }: PhaseState,
  context: GateContext,
): { readonly passed: readonly string[]; readonly notApplied: readonly string[] } {
  const names = (some: readonly Gate[]): readonly string[] => some.map(({ name }) => name);
  return {
    passed: names(gates.filter((gate) => applies(gate, context))),
    notApplied: names(gates.filter((gate) => !applies(gate, context))),
  };
}

/** A gate that cannot tell is applied. */
function applies(gate: Gate, context: GateContext): boolean {
  try {
    return gate.appliesTo?.(context) ?? true;
  } catch {
    return true;
  }
}

/** A gate that cannot judge does not let pass. */
function judge(gate: Gate, output: JsonObject, context: GateContext): string | undefined {
  try {
    return gate.check(output, context);
  } catch (reason) {
    return `it could not be judged: ${BatonError.from(reason).message}`;
  }
}
