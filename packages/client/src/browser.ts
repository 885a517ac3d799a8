/** Placeholder: to be overwritten. */
export const placeholder = '@baton/client';
