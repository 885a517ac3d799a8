import { build } from '../../scripts/build.ts';

export default build({
  sqlite: 'src/stores/sqlite/index.ts',
  postgres: 'src/stores/postgres/index.ts',
  command: 'src/roles/command/index.ts',
  cassette: 'src/roles/cassette/index.ts',
  checks: 'src/roles/checks/index.ts',
  workspace: 'src/workspace/index.ts',
});
