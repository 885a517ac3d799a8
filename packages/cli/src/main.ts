#!/usr/bin/env node
/** Placeholder: to be overwritten. */
console.error('not written yet');
process.exitCode = 1;
