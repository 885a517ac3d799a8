import type { Page } from 'playwright-core';

/*
 * In the page: `arm` waits for the next input, then looks before each picture whether it shows the result, and
 * takes the time from the input's own time stamp until the picture is painted.
 */
const STOPWATCH = `(() => {
  const INPUTS = ['pointerdown', 'keydown', 'wheel', 'input'];
  let taken;
  globalThis.arm = (shows) => {
    const isShown = new Function('return (' + shows + ')');
    taken = new Promise((resolve) => {
      const begin = (event) => {
        for (const type of INPUTS) removeEventListener(type, begin, true);
        const look = () => {
          if (!isShown()) return requestAnimationFrame(look);
          // A message comes after the picture that this callback precedes.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now() - event.timeStamp);
          port2.postMessage(undefined);
        };
        requestAnimationFrame(look);
      };
      for (const type of INPUTS) addEventListener(type, begin, { capture: true, passive: true });
    });
  };
  globalThis.taken = () => taken;
})()`;

/** What a page may take to show something before it counts as broken. */
const BROKEN_MS = 30_000;

export async function addStopwatch(page: Page): Promise<void> {
  page.setDefaultTimeout(BROKEN_MS);
  await page.addInitScript(STOPWATCH);
}

/**
 * Milliseconds from an input until the picture that shows what came of it.
 *
 * @param shows an expression of the page, which is false before.
 * @throws Error when the page shows it already, or never.
 */
export async function timed(
  page: Page,
  shows: string,
  input: () => Promise<unknown>,
): Promise<number> {
  if (await page.evaluate<boolean>(`Boolean(${shows})`)) {
    throw new Error(`it is shown before the input: ${shows}`);
  }
  await page.evaluate(`arm(${JSON.stringify(shows)})`);
  await input();
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it was never shown: ${shows}`)), BROKEN_MS);
  });
  try {
    return await Promise.race([page.evaluate<number>('taken()'), never]);
  } finally {
    clearTimeout(timer);
  }
}
