// Checks of quality, security and performance that a release has to pass: one a call, by name.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const files = readdirSync('public', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const scripts = files.filter((file) => extname(file) === '.js');

const checks = {
  /** Every script parses. */
  quality: () => {
    for (const file of scripts) execFileSync(process.execPath, ['--check', file]);
    return `${scripts.length} scripts parse`;
  },
  /** No text is ever run as code or put into the page as markup. */
  security: () => {
    const forbidden = /\beval\(|new Function\(|\.innerHTML\b|document\.write\(|\son[a-z]+="/;
    const found = files.filter((file) => forbidden.test(readFileSync(file, 'utf8')));
    if (found.length > 0) throw new Error(`code from text in ${found.join(', ')}`);
    return `${files.length} files run no text as code`;
  },
  /** What a browser loads stays small. */
  performance: () => {
    const bytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0);
    if (bytes > 32_768) throw new Error(`${bytes} bytes to load, expected at most 32768`);
    return `${bytes} bytes to load`;
  },
};

const [name] = process.argv.slice(2);
const check = checks[name];
if (check === undefined) {
  console.error(`unknown check '${name}'; checks: ${Object.keys(checks).join(', ')}`);
  process.exit(2);
}
try {
  console.log(`${name}: ${check()}`);
} catch (error) {
  console.error(`${name}: ${error.message}`);
  process.exit(1);
}
