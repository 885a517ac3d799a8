import { BatonError } from '@baton/core';

/**
 * Imports an optional package.
 *
 * @param needs what needs it, for the message.
 * @throws BatonError `invalid_input` that names the package to install.
 */
export async function loadPackage<Exports>(
  name: string,
  load: () => Promise<Exports>,
  needs = 'the configured model',
): Promise<Exports> {
  try {
    return await load();
  } catch (cause) {
    throw new BatonError(
      'invalid_input',
      `${needs} needs the package '${name}', which could not be loaded: install it beside @baton/adapters: npm install ${name}`,
      { cause },
    );
  }
}

export type Sdk = typeof import('ai');

/** The AI SDK, an optional peer dependency: applications without models do not install it. */
export function loadSdk(): Promise<Sdk> {
  return loadPackage('ai', () => import('ai'));
}
