// For code that lets others name the hosts that this process connects to.
export { canonicalHost, isForbiddenAddress, isPrivateAddress } from './addresses.ts';
export { type DialCheckedOptions, dialChecked, ForbiddenAddress } from './dial-checked.ts';
