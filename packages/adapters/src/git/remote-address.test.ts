import { describe, expect, it } from 'vitest';
import { checkRemote, remoteProblem, withoutCredentials } from './remote-address.ts';

describe('the address of a remote', () => {
  it.each([
    '/srv/shop.git',
    'file:///srv/shop.git',
    'https://git.example.com/shop.git',
    'http://127.0.0.1:8080/shop.git',
    'ssh://git@git.example.com:2222/shop.git',
    'git@git.example.com:ada/shop.git',
    'host:shop.git',
    'C:\\repositories\\shop',
  ])('may be %s', (address) => expect(remoteProblem(address)).toBeUndefined());

  it.each([
    ['', 'found nothing'],
    ['--upload-pack=touch /tmp/x', 'found an option of git'],
    ['ext::sh -c true', "found the transport 'ext'"],
    ['fd::17', "found the transport 'fd'"],
    ['git://git.example.com/shop.git', "found the transport 'git'"],
    ['ftp://git.example.com/shop.git', "found the transport 'ftp'"],
    ['HTTPS://git.example.com/shop.git', "found the transport 'HTTPS'"],
    ['ssh://-oProxyCommand=true/shop.git', 'found'],
    ['-oProxyCommand=true:shop.git', 'found an option of git'],
    ['git@-oProxyCommand=true:shop.git', 'found an option of ssh'],
    ['https:///shop.git\n', 'found a control character'],
    ['https://', 'found a malformed URL'],
    ['file://server/shop.git', 'found a host in a file: URL'],
    ['../shop.git', 'found neither'],
    ['origin', 'found neither'],
  ])('is refused as %j', (address, problem) => {
    expect(remoteProblem(address)).toContain(problem);
    expect(() => checkRemote(address)).toThrow('builds cannot travel by this remote');
  });

  it.each([
    'https://ada:hunter2@git.example.com/shop.git',
    'https://hunter2@git.example.com/shop.git',
    'ssh://git:hunter2@git.example.com/shop.git',
    'https://git.example.com/shop.git?token=hunter2',
    'https://git.example.com/shop.git#hunter2',
    'ext::https://hunter2@git.example.com',
    'ada:hunter2@git.example.com:shop.git',
    'https://ada:hunter2@git .example.com/shop.git',
  ])('is refused with a credential, which is not told: %s', (address) => {
    expect(remoteProblem(address)).toMatch(/^found /);
    expect(remoteProblem(address)).not.toContain('hunter2');
  });
});

it('leaves out the credentials of addresses in what git prints', () => {
  const said = "fatal: unable to access 'https://ada:hunter2@git.example.com/shop.git/': no";
  expect(withoutCredentials(said)).toBe(
    "fatal: unable to access 'https://git.example.com/shop.git/': no",
  );
});
