import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { bundle } from '../client/bundle.ts';
import { openPage, servePage } from '../client/script-page.ts';
import { findFaults, startBench } from './situations.ts';

const isThere = hasBrowser('permissions of a real page');

it.runIf(isThere)('lets a page through as far as its caller may do it', async () => {
  const origin = await servePage(await bundle(join(import.meta.dirname, 'page.ts')));
  const bench = await startBench({ corsOrigins: [origin] });
  const page = await openPage(origin);
  const faults = await findFaults(bench, ({ method }, request, token) =>
    page.evaluate(
      ({ baseUrl, name, request, token }) => {
        const { loaded } = globalThis as unknown as { loaded: typeof import('./page.ts') };
        return loaded.call(baseUrl, name, request, token);
      },
      { baseUrl: bench.httpUrl, name: method.name, request, token },
    ),
  );
  expect(faults).toEqual([]);
});
