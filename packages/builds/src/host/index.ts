// What the command line needs of its machine before anything else is loaded. An older Node links it, too.

export { tooOld } from './check-node.ts';
export { findProgram } from './find-program.ts';
export { quoted } from './quoted.ts';
