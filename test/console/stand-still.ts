import type { ConsolePage } from './console-page.ts';

/** Has a page learn nothing new from a method: it goes on with the answer that it gets next. */
export async function standStill(page: ConsolePage, method: string): Promise<void> {
  let kept: { readonly body: Buffer; readonly contentType: string } | undefined;
  await page.route(`**/${method}`, async (route) => {
    if (kept === undefined) {
      const answer = await route.fetch();
      kept = {
        body: await answer.body(),
        contentType: answer.headers()['content-type'] ?? '',
      };
    }
    await route.fulfill({ status: 200, ...kept });
  });
  const answered = page.waitForResponse((response) => response.url().endsWith(method));
  await answered;
}
