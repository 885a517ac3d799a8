// What must hold of the README and of every page in docs/: generated parts are fresh, links lead
// somewhere, and snippets compile, as do the examples in docblocks of public exports.
import { checkCode } from './check-code.ts';
import { checkConfigurations } from './check-configurations.ts';
import { checkFlow } from './check-flow.ts';
import { checkLinks } from './check-links.ts';
import { checkShell } from './check-shell.ts';
import { checkVariables } from './check-variables.ts';
import { filled } from './fill.ts';
import { pages } from './pages.ts';

const all = pages();
const stale = await Promise.all(
  all.map(async (page) => ((await filled(page)) === page.text ? [] : [page.path])),
);
const problems = [
  ...stale.flat().map((path) => `${path}: its generated parts are stale; run pnpm docs:generate`),
  ...checkLinks(all),
  ...checkVariables(all),
  ...(await checkShell(all)),
  ...checkConfigurations(all),
  ...checkCode(all),
  ...checkFlow(),
];
for (const problem of problems) console.error(problem);
console.log(`looked at ${all.length} pages, problems: ${problems.length}`);
process.exitCode = problems.length > 0 ? 1 : 0;
