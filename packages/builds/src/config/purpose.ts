/** What a command is run for: what it may do depends on it. */
export type Purpose = 'role' | 'install' | 'test' | 'verify' | 'deploy' | 'smoke' | 'rollback';
