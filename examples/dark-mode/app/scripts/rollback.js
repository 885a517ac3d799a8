// Takes the site in DEPLOY_DIR back to the release before, or off the net where there was none.
import { existsSync, renameSync, rmSync } from 'node:fs';

const directory = process.env.DEPLOY_DIR;
if (!directory) {
  console.error('DEPLOY_DIR is not set: which site is to be rolled back?');
  process.exit(2);
}
rmSync(directory, { recursive: true, force: true });
if (existsSync(`${directory}.previous`)) renameSync(`${directory}.previous`, directory);
console.log(`rolled back ${directory}`);
