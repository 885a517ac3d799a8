/** Programs that look at files, change none and run no tests. */
const CHECKS = new Set([
  ...[
    'eslint',
    'xo',
    'standard',
    'standardx',
    'semistandard',
    'ts-standard',
    'neostandard',
    'oxlint',
  ],
  ...['jshint', 'jscs', 'tslint', 'stylelint', 'biome', 'rome', 'prettier', 'dprint', 'prettierx'],
  ...['tsd', 'tsd-lite', 'check-dts', 'dtslint', 'tstyche', 'vue-tsc', 'svelte-check', 'attw'],
  ...['publint', 'knip', 'depcheck', 'dependency-check', 'installed-check', 'ls-engines', 'aud'],
  ...['evalmd', 'markdownlint', 'markdownlint-cli2', 'cspell', 'size-limit', 'es-check', 'eclint'],
  ...['commitlint', 'madge', 'depcruise', 'type-coverage', 'typecoverage', 'license-checker'],
]);

export function isCheck([program = '', ...args]: readonly string[]): boolean {
  if (args.some((one) => one === '--fix' || one === '--write' || one === '-w')) return false;
  if (program === 'tsc') return args.includes('--noEmit') || args.includes('--no-emit');
  if (program === 'npm') return args[0] === 'audit';
  return CHECKS.has(program);
}
