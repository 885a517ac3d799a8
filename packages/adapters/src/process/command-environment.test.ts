import { expect, it } from 'vitest';
import { commandEnvironment } from './command-environment.ts';

it('passes on what commands need to reach a registry, but no credentials', () => {
  const open = {
    PATH: '/usr/bin',
    LC_ALL: 'C',
    NODE_EXTRA_CA_CERTS: '/etc/ssl/corporate.pem',
    SSL_CERT_FILE: '/etc/ssl/corporate.pem',
    PIP_CERT: '/etc/ssl/corporate.pem',
    HTTPS_PROXY: 'http://proxy.example:3128',
    no_proxy: 'localhost,.example',
  };
  const closed = {
    http_proxy: 'http://ada:secret@proxy.example:3128',
    ALL_PROXY: 'ada:secret@proxy.example:3128',
    NPM_TOKEN: 'secret',
    SSLKEYLOGFILE: '/tmp/keys',
  };
  expect(commandEnvironment({}, { ...open, ...closed })).toEqual(open);
});

it('passes on a proxy with a password when its name is given', () => {
  const source = { HTTPS_PROXY: 'http://ada:secret@proxy.example:3128' };
  expect(commandEnvironment({ passEnv: ['HTTPS_PROXY'] }, source)).toEqual(source);
});
