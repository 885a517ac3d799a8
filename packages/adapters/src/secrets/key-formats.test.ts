import { describe, expect, it } from 'vitest';
import { createRedactor } from './create-redactor.ts';

const redact = createRedactor();
const LONG = 600_000;
const repeated = (text: string): string => text.repeat(Math.ceil(LONG / text.length));

describe('a long text that looks like keys all over is read in time', () => {
  // With a pattern that goes back over what it has read, each takes minutes.
  it.each([
    'eyJaaaaaaaa-',
    'eyJaaaaaaaa.',
    'eyJaaaaaaaa',
    '-eyJ',
    'sk-',
    'sk-a-',
    '-sk-aaaaaaaaaaaaaaaa',
    'sk-ant-',
    'Authorization: ',
    'Authorization:Bearer',
    'Authorization \n',
    'Bearer ',
    'bearer\t',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PGP PRIVATE KEY BLOCK-----\n-----END ',
    'PRIVATE KEY',
    'A ',
    'AKIA',
    'ghp_',
    'xoxb-',
    '://',
    '://[^:]+:[^@]+',
    '://a:([^',
    '://a:',
    'a://b:c',
    'a.',
    ':@',
    'SG.',
    'SG.aaaaaaaaaaaaaaaaaaaa-',
    'ya29.',
    'hf_',
    'baton_',
    'baton_0123456789abcdef_',
    'sk_live_',
    'x-api-key',
    'x-api-key: ',
    'aws_secret_access_key=',
    'secretAccessKey ',
    'Authorization\\":',
    'Authorization%22%3A%20',
    'Authorization:+',
    'Bearer+',
    'Bearer%20',
    'x-api-key%3A',
    'x-api-key\\":\\"',
    'secret_access_key%3D',
    'secret_access_key=%2F\\/\\u002f',
    'eyJaaaaaaaa_',
    '_eyJ',
    '\\neyJaaaaaaaa',
    '%3DeyJaaaaaaaa',
    '_sk-',
    '%3Dsk-',
    '://a:$',
    '://a:{',
    '://a:${a',
    '://a:$A',
    ':\\/\\/',
    ' ',
    '\n',
    '"',
    'a',
  ])('%j', (text) => {
    expect(redact(repeated(text))).toBeTypeOf('string');
    expect(redact(`x-api-key${repeated(text)}`)).toBeTypeOf('string');
  });
});

/** Keys are put together here: no scanner shall take them for real ones. */
const key = (...parts: string[]): string => parts.join('');

describe('a key of a format is masked', () => {
  const keys = [
    key('sk-', 'ant-api03-abcdefghij0123456789ABCD'),
    key('ghp_', 'abcdefghijklmnopqrstuvwxyz0123456789'),
    key('AKIA', 'IOSFODNN7EXAMPLE'),
    key('AIza', 'SyA1234567890abcdefghijklmnopqrstuv'),
    key('xoxb-', '1234567890-abcdefghij'),
    key('glpat-', 'abcdefghij0123456789'),
    key('eyJhbGciOiJIUzI1NiJ9.', 'eyJzdWIiOiIxMjM0In0.', 'dozjgNryP4J3jVmNHl0w5N'),
  ];
  it.each(['\\n', '\\t', '\\r\\n', '\\u000a', '\\\\n', '%3D', '%0A', '%0a', 'KEY_'])(
    'behind %j',
    (before) => {
      for (const one of keys) expect(redact(`x ${before}${one} y`)).toBe(`x ${before}[secret] y`);
    },
  );

  it.each([
    ['Stripe', key('sk_', 'live_', '51HG4tGKz9aBcDeFg')],
    ['Stripe, restricted', key('rk_', 'test_', '51HG4tGKz9aBcDeFg')],
    ['Hugging Face', key('hf_', 'AbCdEfGhIjKlMnOpQrStUvWxYz012345')],
    ['Google OAuth', key('ya29.', 'a0AfH6SMBx-yZ0123456789abcdef')],
    [
      'SendGrid',
      key('SG.', 'ngeVfQFYQlKU0ufo8x5d1A', '.', 'TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc'),
    ],
    ['OpenAI, old', key('sk-', 'aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gH')],
    ['DeepSeek', key('sk-', '0123456789abcdef0123456789abcdef')],
    ['OpenAI, in the midst of a name', key('my-sk-', 'aB3dE5gH7jK9mN1pQ3sT5vX7'), 'my-'],
    ['JWT after a dash', 'a-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3', 'a-'],
    [
      'PGP',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQ\n-----END PGP PRIVATE KEY BLOCK-----',
      '',
      '\n\n',
    ],
  ])('%s', (_, secret, before = '', after = '') => {
    expect(redact(`x ${secret} y`)).toBe(`x ${before}[secret]${after} y`);
  });

  it.each([
    ['postgres://ada:hunter2@db:5432/x', 'postgres://ada:[secret]@db:5432/x'],
    ['redis://:p@ss:word@host', 'redis://:[secret]@host'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPx', 'AWS_SECRET_ACCESS_KEY=[secret]'],
    ['"secretAccessKey": "wJalrXUtnFEMI/K7MDENG+bPx"', '"secretAccessKey": "[secret]"'],
    ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG', 'aws_secret_access_key = [secret]'],
    ['x-api-key: hunter22', 'x-api-key: [secret]'],
    ['curl -H "X-Api-Key:hunter22"', 'curl -H "X-Api-Key:[secret]"'],
    [`{ 'x-api-key': 'hunter22' }`, `{ 'x-api-key': '[secret]' }`],
    ['{\\"x-api-key\\": \\"hunter22\\"}', '{\\"x-api-key\\": \\"[secret]\\"}'],
    ['x-api-key%3A%20hunter22%0Ab', 'x-api-key%3A%20[secret]%0Ab'],
    ['\\"Authorization\\": \\"Basic dXNlcjpw\\"', '\\"Authorization\\": \\"Basic [secret]\\"'],
    [
      '\\\\\\"Authorization\\\\\\":\\\\\\"Basic dXNlcjpw',
      '\\\\\\"Authorization\\\\\\":\\\\\\"Basic [secret]',
    ],
    ['\\nAuthorization: Basic dXN\\/lcjp\\u002bw==', '\\nAuthorization: Basic [secret]'],
    ['Authorization%3A%20Basic%20dXNl%2fcjpw%3D', 'Authorization%3A%20Basic%20[secret]'],
    ['Authorization:+Bearer+hunter22', 'Authorization:+Bearer+[secret]'],
    ['SECRET_ACCESS_KEY%3DwJalrXUtnFEMI%2FK7MDENG', 'SECRET_ACCESS_KEY%3D[secret]'],
    ['postgres://app:$up3rS3cret@db/x', 'postgres://app:[secret]@db/x'],
    ['postgres://app:{x}Sup3rS3cret@db', 'postgres://app:[secret]@db'],
    ['postgres://app:$' + '{x}Sup3rS3cret@db', 'postgres://app:[secret]@db'],
    ['postgres:\\/\\/app:hunter22@db', 'postgres:\\/\\/app:[secret]@db'],
    ['postgres://app:(x)+y.*z[1]@db', 'postgres://app:[secret]@db'],
    ['postgres://a.b+c:pass]+w@db', 'postgres://a.b+c:[secret]@db'],
  ])('and its name is kept: %s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });
});

it.each([
  'class="sk-folding-cube-loader sk-cube1 sk-circle12-fade-loader"',
  "headers: { 'x-api-key': process.env.API_KEY, 'X-Api-Key': apiKey }",
  'curl -H "x-api-key: $API_KEY"',
  'const url = `postgres://$' + '{user}:$' + '{password}@$' + '{host}`;',
  'postgres://$USER:$DB2_PASSWORD@h $USER:$password@h x://u:$(pass)@h x://u:{pw}@h x://u:{{pw}}@h x://u:$pw2@h',
  'http://localhost:8080/@scope/name http://[::1]:80/ mailto:a@b.c https://a.b/c:d@e',
  String.raw`/^https?:\/\/[^:]+:[^@]+@/.test(url) || /:\/\/([^:@/]*):([^@]*)@/`,
  String.raw`re.compile(r'\w+://(\w+):(\S+)@') "(\\w+)://(?:\\w+):(?:\\w+)@" s~://(.*):(.*)@~~`,
  String.raw`://(?<user>[a-z]+):(?<password>.+)@ ://user:[^@]+@ ://user:(.+)@ ://u:\S+@ ://u:[a-z]+@`,
  'env AWS_SECRET_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$' + '{SECRET} secretAccessKey: string',
  'hf_hub_download(SG.name) ya29.x sk_live_ -----BEGIN PUBLIC KEY-----',
])('ordinary code is left alone: %s', (text) => {
  expect(redact(text)).toBe(text);
});
