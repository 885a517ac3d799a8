import type { Budget, Budgets } from '@baton/core';
import { InvalidArgumentError } from 'commander';

/** Amounts as people name them, and what they are in a budget. */
const AMOUNTS: Readonly<Record<string, (amount: number) => Budget>> = {
  tokens: (tokens) => ({ tokens }),
  cost: (cost) => ({ cost }),
  wallSeconds: (seconds) => ({ wallMs: Math.ceil(seconds * 1000) }),
};

export const BUDGET_HELP = `a cap, repeatable: ${Object.keys(AMOUNTS).join(', ')}; of one phase as implementation.tokens=…`;

/** Adds `[<phase>.]<name>=<amount>` to the caps that were named before it. */
export function addBudget(text: string, before: Budgets | undefined): Budgets {
  const [, phase, name = '', amount = ''] = /^(?:([^=]+)\.)?([^.=]+)=(.+)$/.exec(text) ?? [];
  const value = Number(amount);
  const toBudget = Object.hasOwn(AMOUNTS, name) ? AMOUNTS[name] : undefined;
  if (toBudget === undefined || !(Number.isFinite(value) && value > 0)) {
    const names = Object.keys(AMOUNTS).join(', ');
    throw new InvalidArgumentError(
      `Expected [<phase>.]<name>=<amount above 0>, the name one of ${names}.`,
    );
  }
  const budget = toBudget(value);
  if (phase === undefined) return { ...before, ...budget };
  const phases = before?.phases ?? {};
  return { ...before, phases: { ...phases, [phase]: { ...phases[phase], ...budget } } };
}
