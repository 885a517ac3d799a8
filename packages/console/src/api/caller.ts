import { createStore } from './store.ts';

const NAME = 'baton.name';

/** As whom the person decides and starts, where the server leaves that open. */
export const personName = createStore(localStorage.getItem(NAME) ?? '');

personName.subscribe(() => localStorage.setItem(NAME, personName.get()));
