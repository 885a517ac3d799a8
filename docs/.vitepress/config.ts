import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { slugOf } from '../../scripts/docs/markdown.ts';

export default defineConfig({
  title: 'Baton',
  description: 'Durable, gated, recorded AI software builds',
  cleanUrls: true,
  // A folder's README is its first page, on GitHub and here.
  rewrites: { 'README.md': 'index.md' },
  // The same anchors as on GitHub, which `pnpm docs:check` looks for.
  markdown: { anchor: { slugify }, headers: { slugify } },
  themeConfig: {
    nav: [
      { text: 'Tutorial', link: '/tutorial/first-build' },
      { text: 'Guides', link: '/guides/models-and-roles' },
      { text: 'Reference', link: '/reference/cli' },
      { text: 'API', link: '/reference/api/' },
      { text: 'Questions', link: '/faq' },
    ],
    sidebar: [
      group('Learn', 'tutorial', ['first-build']),
      group('On your repository', 'guides', [
        'models-and-roles',
        'agents',
        'mcp',
        'tests-and-coverage',
        'protected-files',
        'budgets',
        'approvals',
        'console',
        'take-the-work',
        'troubleshooting',
      ]),
      group('With your code', 'guides', [
        'embed-a-build',
        'own-role',
        'own-definition',
        'own-store',
      ]),
      group('As a service', 'guides', [
        'deploy-a-server',
        'run-in-production',
        'run-in-containers',
        'who-may-call',
        'api-keys',
        'audit',
        'observe',
        'run-workers',
        'shared-workspaces',
        'typed-client',
        'workers-in-python',
        'workers-in-any-language',
        'move-workflows',
        'notify',
        'webhooks',
      ]),
      group('Reference', 'reference', [
        'cli',
        'configuration',
        'environment',
        'definition',
        'files',
        'artifacts',
        'sandbox',
        'masking',
        'http',
        'webhooks',
        'proto',
        'errors',
        'limits',
        'metrics',
        'stores',
        'roles',
      ]),
      { text: 'API of the packages', collapsed: true, items: api() },
      group('Explanation', 'explanation', [
        'how-it-works',
        'evidence',
        'durability',
        'security',
        'performance',
        'tried',
        'what-baton-is-not',
        'comparison',
      ]),
    ],
    outline: [2, 3],
    search: { provider: 'local' },
  },
});

/** TypeDoc links to constants such as ERROR_CODES with a hyphen. */
function slugify(title: string): string {
  return slugOf(/^[A-Z_]+$/.test(title) ? title.replaceAll('_', '-') : title);
}

/** Pages of one folder, by their titles. */
function group(text: string, folder: string, pages: readonly string[]): DefaultTheme.SidebarItem {
  return {
    text,
    items: pages.map((page) => ({
      text: titleOf(join(import.meta.dirname, '..', folder, `${page}.md`)),
      link: `/${folder}/${page}`,
    })),
  };
}

function titleOf(file: string): string {
  return /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? file;
}

/** What TypeDoc has written; nothing before it has run. */
function api(): DefaultTheme.SidebarItem[] {
  const file = join(import.meta.dirname, '../reference/api/typedoc-sidebar.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}
