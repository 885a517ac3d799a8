// The Code Writer's work, written by hand for the recording of `cassette.json`. The first attempt
// believes any stored value; the tests that it brings along show it.
import { readFile, writeFile } from 'node:fs/promises';

const theme = (
  stored,
) => `/** Which theme the page shows. Decisions only: nothing here touches the page. */

export const THEMES = ['light', 'dark'];

/** The theme to show: the stored choice, or, without one, what the system prefers. */
export function themeToShow(stored, systemPrefersDark) {
  ${stored}
  return systemPrefersDark ? 'dark' : 'light';
}

/** The theme that the button switches to. */
export function otherTheme(theme) {
  return theme === 'dark' ? 'light' : 'dark';
}
`;

const credulous = 'if (stored) return stored;';
const careful = 'if (THEMES.includes(stored)) return stored;';

const tests = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otherTheme, themeToShow } from '../public/lib/theme.js';

test('a stored choice wins over the system', () => {
  assert.equal(themeToShow('light', true), 'light');
  assert.equal(themeToShow('dark', false), 'dark');
});

test('without a choice the page follows the system', () => {
  assert.equal(themeToShow(null, true), 'dark');
  assert.equal(themeToShow(null, false), 'light');
});

test('a stored value that is no theme counts as no choice', () => {
  assert.equal(themeToShow('purple', true), 'dark');
  assert.equal(themeToShow({}, false), 'light');
});

test('the button switches back and forth', () => {
  assert.equal(otherTheme('light'), 'dark');
  assert.equal(otherTheme(otherTheme('light')), 'light');
});
`;

async function edit(workspace, path, ...replacements) {
  const file = await workspace.resolve(path);
  let text = await readFile(file, 'utf8');
  for (const [before, after] of replacements) {
    if (!text.includes(before)) throw new Error(`${path} does not contain: ${before}`);
    text = text.replace(before, after);
  }
  await writeFile(file, text);
}

async function build(workspace, progress) {
  progress('writing public/lib/theme.js and its tests');
  await writeFile(await workspace.resolve('public/lib/theme.js'), theme(credulous));
  await writeFile(await workspace.resolve('test/theme.test.js'), tests);
  progress('colours as custom properties, a button, and the wiring');
  await edit(
    workspace,
    'public/styles.css',
    [
      'body {',
      `:root {
  color-scheme: light;
  --text: #1c1c1e;
  --muted: #6e6e73;
  --line: #d1d1d6;
  --page: #ffffff;
}

:root[data-theme="dark"] {
  color-scheme: dark;
  --text: #f2f2f7;
  --muted: #a1a1a6;
  --line: #48484a;
  --page: #1c1c1e;
}

body {`,
    ],
    ['color: #1c1c1e;\n  background: #ffffff;', 'color: var(--text);\n  background: var(--page);'],
    ['solid #d1d1d6', 'solid var(--line)'],
    ['color: #6e6e73;\n}', 'color: var(--muted);\n}'],
  );
  await edit(workspace, 'public/index.html', [
    '<h1>Task board</h1>',
    '<h1>Task board</h1>\n      <button id="theme" type="button" aria-label="Switch theme">◐</button>',
  ]);
  await edit(
    workspace,
    'public/app.js',
    [
      "import { createStorage } from './lib/storage.js';",
      "import { createStorage } from './lib/storage.js';\nimport { otherTheme, themeToShow } from './lib/theme.js';",
    ],
    [
      "const list = document.querySelector('#tasks');",
      `const chosenTheme = createStorage(localStorage, 'theme');
const systemPrefersDark = matchMedia('(prefers-color-scheme: dark)').matches;
let theme = themeToShow(chosenTheme.load(null), systemPrefersDark);
document.documentElement.dataset.theme = theme;

document.querySelector('#theme').addEventListener('click', () => {
  theme = otherTheme(theme);
  document.documentElement.dataset.theme = theme;
  chosenTheme.save(theme);
});

const list = document.querySelector('#tasks');`,
    ],
  );
  return {
    kind: 'advance',
    result: {
      summary: 'Dark mode by custom properties, a button in the header, decisions in lib/theme.js.',
      changedFiles: [
        'public/app.js',
        'public/index.html',
        'public/lib/theme.js',
        'public/styles.css',
        'test/theme.test.js',
      ],
      testStubs: ['test/theme.test.js'],
      documentation: ['Comments in public/lib/theme.js'],
    },
  };
}

async function mend(workspace, progress, reason) {
  progress(`mending: ${reason}`);
  await edit(workspace, 'public/lib/theme.js', [credulous, careful]);
  return {
    kind: 'advance',
    result: {
      summary: 'A stored value now counts as a choice only if it is one of the themes.',
      changedFiles: ['public/lib/theme.js'],
    },
  };
}

export async function perform({ feedback }, { workspace, progress }) {
  return feedback === undefined
    ? build(workspace, progress)
    : mend(workspace, progress, feedback.reason);
}
