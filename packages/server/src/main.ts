#!/usr/bin/env node
/** Placeholder: to be overwritten. */
export const placeholder = '@baton/server';
