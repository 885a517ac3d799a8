import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.ts';
import { buildTable, transitionTable } from './build-definition.ts';
import { cliReference, commandTable } from './cli-reference.ts';
import { configurationReference } from './configuration-reference.ts';
import { environmentReference } from './environment-reference.ts';
import { errorReference } from './error-reference.ts';
import { loadLimits } from './load-limits.ts';
import { metricsReference } from './metrics-reference.ts';
import type { Page } from './pages.ts';
import { protoReference } from './proto-reference.ts';
import { retryReference } from './retry-reference.ts';
import { routeReference } from './route-reference.ts';

/** What stands between `<!-- generated: <name> -->` and `<!-- end -->`. */
const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  cli: cliReference,
  commands: commandTable,
  configuration: configurationReference,
  environment: environmentReference,
  errors: errorReference,
  limits: loadLimits,
  metrics: metricsReference,
  proto: protoReference,
  retries: retryReference,
  roles: buildTable,
  routes: routeReference,
  transitions: transitionTable,
};

const REGION = /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g;
const EXAMPLE = /(<!-- (examples\/\S+) -->\n```\w+\n)[\s\S]*?(```$)/gm;

/** The page with its generated parts written anew. */
export async function filled({ path, text }: Page): Promise<string> {
  const parts = new Map<string, string>();
  for (const [, , name = ''] of text.matchAll(REGION)) {
    const make = PARTS[name];
    if (make === undefined) {
      throw new Error(`${path}: found 'generated: ${name}', expected ${Object.keys(PARTS)}`);
    }
    parts.set(name, (await make()).trim());
  }
  return text
    .replaceAll(REGION, (_, begin, name, end) => `${begin}\n${parts.get(name)}\n\n${end}`)
    .replaceAll(EXAMPLE, (_, begin, file, end) => {
      return `${begin}${readFileSync(join(root, file), 'utf8')}${end}`;
    });
}
