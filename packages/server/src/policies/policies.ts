import { createRedactor } from '@baton/adapters/secrets';
import {
  BatonError,
  type Budgets,
  buildDefinition,
  type ConcurrencyLimits,
  handOverDefinition,
  type WorkflowDefinition,
} from '@baton/core';
import {
  checkSettings,
  concurrencySchema,
  policyShape,
  toBudgets,
  violationLines,
} from '@baton/core/internal';
import { z } from 'zod';
import { type NotifySettings, notifySchema, publicUrlSchema } from '../notify/notify-schema.ts';
import { type WebhookSettings, webhooksSchema } from '../webhooks/webhook-schema.ts';

/** What the operator of a server demands of the workflows that it runs. */
export interface Policies {
  /** `build` and `build-and-hand-over` with its rules first, then the operator's own. */
  readonly definitions: readonly WorkflowDefinition[];
  /** Caps for workflows that are started without any; undefined: none. */
  readonly budgets: Budgets | undefined;
  /** How much is performed at once. */
  readonly concurrency: ConcurrencyLimits;
  /** Who is told of events. */
  readonly webhooks: readonly WebhookSettings[];
  /** Who is told when a build ends or waits. */
  readonly notify: readonly NotifySettings[];
  /** Where people reach the server; undefined: not known. */
  readonly publicUrl: string | undefined;
}

const schema = z.strictObject({
  $schema: z.string().optional(),
  ...policyShape,
  concurrency: concurrencySchema.default({}),
  webhooks: webhooksSchema.default([]),
  notify: notifySchema.default([]),
  publicUrl: publicUrlSchema.optional(),
  /** Checked apart: they hold code. */
  definitions: z.array(z.any()).default([]),
});

/** What `defineWorkflow` gives, as far as it can be told from outside. */
const definitionSchema = z.looseObject({
  name: z.string(),
  version: z.int().min(1),
  initial: z.string(),
  roles: z.looseObject({}),
  states: z.looseObject({}),
  transitions: z.array(z.looseObject({})),
  approvals: z.array(z.looseObject({})),
  separations: z.array(z.looseObject({})),
  edges: z.looseObject({}),
  forward: z.looseObject({}),
});

/**
 * Policies of a document, checked.
 *
 * @param isModule whether it came from one: JSON can hold no definitions.
 * @throws BatonError `invalid_input` with what was found and expected, by path.
 */
export function toPolicies(document: unknown, isModule: boolean): Policies {
  const checked = checkSettings(schema, document, createRedactor());
  if (checked.kind === 'invalid') throw invalid(violationLines(checked.violations));
  const { definitions, budgets, concurrency, coverageThreshold, coverageOf } = checked.settings;
  const { approvals, separations, workspace, webhooks, notify, publicUrl } = checked.settings;
  refuseSameNames({ webhooks, notify });
  if (definitions.length > 0 && !isModule) {
    throw invalid(['definitions: found in JSON; expected in a module, for they hold code']);
  }
  const rules = { coverageThreshold, coverageOf, approvals, separations, workspace };
  const own = definitions.map(toDefinition);
  const caps = toBudgets(budgets);
  return {
    definitions: [buildDefinition(rules), handOverDefinition(rules), ...own],
    budgets: Object.keys(caps).length === 0 ? undefined : caps,
    concurrency,
    ...{ webhooks, notify, publicUrl },
  };
}

/** In one line, for people: what each definition demands, and whether there are caps. */
export function describePolicies({
  definitions,
  budgets,
  concurrency,
  webhooks,
  notify,
}: Policies): string {
  const rules = definitions.map(
    ({ name, version, approvals, separations }) =>
      `${name}@${version} (approvals: ${approvals.length}, separations: ${separations.length})`,
  );
  const caps = budgets === undefined ? 'no default budgets' : 'default budgets';
  const limited = Object.keys(concurrency);
  const limits = limited.length === 0 ? [] : [`concurrency limits (${limited.join(', ')})`];
  const told = Object.entries({ webhooks, notify }).flatMap(([list, entries]) =>
    entries.length === 0 ? [] : [`${list} (${entries.map(({ name }) => name).join(', ')})`],
  );
  return [...rules, caps, ...limits, ...told].join(', ');
}

/** What is remembered of each is kept under its name. */
function refuseSameNames(lists: Readonly<Record<string, readonly { readonly name: string }[]>>) {
  const seen = new Map<string, string>();
  const lines = Object.entries(lists).flatMap(([list, entries]) =>
    entries.flatMap(({ name }, index) => {
      const field = `${list}[${index}].name`;
      const other = seen.get(name);
      if (other === undefined) seen.set(name, field);
      return other === undefined
        ? []
        : [`${field}: found '${name}' also in ${other}; expected another`];
    }),
  );
  if (lines.length > 0) throw invalid(lines);
}

function toDefinition(value: unknown, index: number): WorkflowDefinition {
  const { error } = definitionSchema.safeParse(value);
  if (error === undefined) return value as WorkflowDefinition;
  const where = [`definitions[${index}]`, ...(error.issues[0]?.path ?? [])].map(String).join('.');
  throw invalid([`${where}: ${error.issues[0]?.message}; expected what defineWorkflow gives`]);
}

function invalid(lines: readonly string[]): BatonError {
  return new BatonError('invalid_input', lines.join('\n'), {
    violations: lines.map((description) => ({ field: '', description })),
  });
}
