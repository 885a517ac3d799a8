#!/usr/bin/env node
import { tooOld } from '@baton/builds/host';

// Nothing else is loaded before: an older Node cannot even link what the command line is made of.
const problem = tooOld(process.versions.node);
if (problem === undefined) await import('./cli.ts');
else {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 2;
}
