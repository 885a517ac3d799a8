import { loadPackage } from '../llm/load-package.ts';

const NEEDS = 'a coding agent as a role';

export function loadAcp(): Promise<typeof import('@agentclientprotocol/sdk')> {
  return loadPackage('@agentclientprotocol/sdk', () => import('@agentclientprotocol/sdk'), NEEDS);
}

export function loadMcp(): Promise<typeof import('@modelcontextprotocol/server')> {
  const load = () => import('@modelcontextprotocol/server');
  return loadPackage('@modelcontextprotocol/server', load, NEEDS);
}

/**
 * Loads what agents are spoken with, so that what is missing shows before a build begins.
 *
 * @throws BatonError `invalid_input` that names the package to install.
 */
export async function loadAgentPackages(): Promise<void> {
  await Promise.all([loadAcp(), loadMcp()]);
}
