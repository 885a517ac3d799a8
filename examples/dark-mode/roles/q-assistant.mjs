// The Q Assistant's words, written by hand for the recording of `cassette.json`.
const outputs = {
  discovery: {
    summary:
      'The task board gets a dark mode: a button switches between light and dark, the choice is remembered, and before any choice the page follows the system setting.',
    requirements: [
      'A button in the header switches between the light and the dark theme',
      'The chosen theme is kept over reloads',
      'Without a choice, the page follows prefers-color-scheme',
      'A stored value that is no theme counts as no choice',
      'Text stays readable in both themes',
    ],
    assumptions: ['Both themes are enough; no theme by time of day', 'No dependency is added'],
  },
  planning: {
    steps: [
      'Add public/lib/theme.js with the decisions as pure functions: which theme applies, which one comes next',
      'Turn the colours of styles.css into custom properties, with a second set for data-theme="dark"',
      'Put the button into the header of index.html',
      'Wire it up in app.js: apply the theme at start, switch and remember on click',
      'Test every decision of theme.js in test/theme.test.js',
    ],
    testingStrategy:
      'The decisions are pure functions and tested one by one, the edge cases of stored values included; the rest is checked on the deployed page.',
    risks: [
      'A broken stored value could leave the page without a theme: treat it as no choice',
      'A flash of the wrong theme at load: apply the theme before the tasks are shown',
    ],
  },
};

export async function perform({ state }, { progress }) {
  progress(state === 'discovery' ? 'reading the request' : 'planning the steps');
  return { kind: 'advance', result: outputs[state] };
}
