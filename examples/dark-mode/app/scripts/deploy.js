// Puts the site live in DEPLOY_DIR; the release before it is kept for `rollback.js`.
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';

const directory = process.env.DEPLOY_DIR;
if (!directory) {
  console.error('DEPLOY_DIR is not set: where is the site to go?');
  process.exit(2);
}
const [incoming, previous] = [`${directory}.incoming`, `${directory}.previous`];
rmSync(incoming, { recursive: true, force: true });
cpSync('public', incoming, { recursive: true });
rmSync(previous, { recursive: true, force: true });
if (existsSync(directory)) renameSync(directory, previous);
renameSync(incoming, directory);
console.log(`deployed to ${directory}`);
