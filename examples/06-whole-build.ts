// What `baton run` does, in your own process: a whole build on a git repository.
import { runBuild } from '@baton/builds';

const result = await runBuild({
  request: 'Build me a dark mode feature',
  workspace: process.argv[2],
  config: process.argv[3],
  observer: { happened: ({ sequence, type }) => console.log(sequence, type) },
});
console.log(result.kind, result.kind === 'complete' ? result.handedOver : '');
