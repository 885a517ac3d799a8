import { createStore } from '../api/store.ts';

const THEME = 'baton.theme';
const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const kept = localStorage.getItem(THEME);
export const theme = createStore<Theme>(THEMES.find((one) => one === kept) ?? 'system');

function apply(): void {
  const chosen = theme.get();
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
}

apply();
theme.subscribe(() => {
  localStorage.setItem(THEME, theme.get());
  apply();
});

export function nextTheme(): void {
  theme.set((before) => THEMES[(THEMES.indexOf(before) + 1) % THEMES.length] ?? 'system');
}
