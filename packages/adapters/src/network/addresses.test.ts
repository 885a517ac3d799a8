import { expect, it } from 'vitest';
import { isForbiddenAddress, isPrivateAddress } from './addresses.ts';

it.each([
  ...['127.0.0.1', '127.255.0.9', '0.0.0.0', '0.1.2.3', '169.254.169.254', '169.254.0.1'],
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192', '224.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::127.0.0.1', 'fe80::1', 'febf::1', 'ff02::1', 'fd00:ec2::254'],
  ...['64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '2002:7f00:1::', '2002:a9fe:a9fe::1'],
  ...['192.0.2.7', '2001:db8::7'],
])('is %s, which no name may lead to', (address) => {
  expect(isForbiddenAddress(address, ['192.0.2.7', '2001:db8::7'])).toBe(true);
});

it.each([
  ...['1.1.1.1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '2606:4700::1111'],
  ...['fd12::1', '64:ff9b::101:101', '64:ff9b::a00:1', '2002:101:101::1'],
])('is not %s', (address) => {
  expect(isForbiddenAddress(address, [])).toBe(false);
});

it.each([
  ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '198.18.0.1'],
  ...['fd12::1', 'fec0::1', '64:ff9b::a00:1', '64:ff9b:1::1', '2002:a00:1::1'],
])('is %s, a private one', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

it.each([...['1.1.1.1', '172.32.0.1', '192.167.1.1', '100.128.0.1', '2606:4700::1111']])(
  'is %s, a public one',
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);
