// To run builds:

export { createHumanRole, type HumanRoleOptions } from './human-role.ts';
