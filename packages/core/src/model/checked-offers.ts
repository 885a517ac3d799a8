import { deepFreeze } from './json.ts';
import { type CheckedOffer, type ClaimOffer, claimOffers } from './requests.ts';

/** Offers that are frozen all through: once checked, they need not be checked again. */
const checked = new WeakSet<readonly ClaimOffer[]>();

/**
 * A copy of `offers` that is checked once and not with every request. What a source would refuse stays as it is,
 * for the source to say why.
 */
export function checkOffers(offers: readonly ClaimOffer[]): readonly ClaimOffer[] {
  const parsed = claimOffers.safeParse(offers);
  if (!parsed.success) return offers;
  const frozen = deepFreeze([...parsed.data]);
  checked.add(frozen);
  return frozen;
}

/** Whether they come from {@link checkOffers}. */
export function areChecked(
  offers: readonly ClaimOffer[] | undefined,
): offers is readonly CheckedOffer[] {
  return offers !== undefined && checked.has(offers);
}
