import { expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { advance } from '../orchestrator/advance.ts';
import { createContext } from '../orchestrator/context.ts';
import { areChecked, checkOffers } from './checked-offers.ts';

const OFFER = { worker: 'w', roles: ['q_assistant'], leaseMs: 1000 };

it('offers are checked once, copied and frozen all through', () => {
  const models = ['a:b'];
  const offers = [{ ...OFFER, principal: { models, modelFamilies: [] }, reserve: { tokens: 1 } }];
  const checked = checkOffers(offers);
  expect(areChecked(checked)).toBe(true);
  models.push('another');
  expect(checked).toEqual([
    { ...OFFER, principal: { models: ['a:b'], modelFamilies: [] }, reserve: { tokens: 1 } },
  ]);
  const [one] = checked;
  for (const part of [
    checked,
    one,
    one?.roles,
    one?.principal,
    one?.principal?.models,
    one?.reserve,
  ]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

it('offers that are not valid stay as they are, for the source to refuse', async () => {
  const offers = [{ ...OFFER, leaseMs: 1 }];
  expect(checkOffers(offers)).toBe(offers);
  expect(areChecked(offers)).toBe(false);
  const context = createContext({ store: await createMemoryStore() });
  const request = {
    workflowId: 'w',
    role: 'r',
    completedState: 's',
    takeNext: checkOffers(offers),
  };
  await expect(advance(context, request)).rejects.toMatchObject({
    code: 'invalid_input',
    violations: [{ field: 'takeNext.0.leaseMs' }],
  });
});

it('offers that look like checked ones are checked', () => {
  expect(areChecked(undefined)).toBe(false);
  expect(areChecked(structuredClone(checkOffers([OFFER])))).toBe(false);
});
