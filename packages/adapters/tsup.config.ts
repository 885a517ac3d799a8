import { build } from '../../scripts/build.ts';

export default build({
  sqlite: 'src/stores/sqlite/index.ts',
  redis: 'src/stores/redis/index.ts',
  postgres: 'src/stores/postgres/index.ts',
  sealed: 'src/stores/sealed/index.ts',
  artifacts: 'src/artifacts/index.ts',
  'open-store': 'src/stores/open-store/index.ts',
  agent: 'src/roles/agent/index.ts',
  command: 'src/roles/command/index.ts',
  human: 'src/roles/human/index.ts',
  cassette: 'src/roles/cassette/index.ts',
  checks: 'src/roles/checks/index.ts',
  workspace: 'src/workspace/index.ts',
  'git-process': 'src/git/git-process.ts',
  llm: 'src/roles/llm/index.ts',
  gateway: 'src/gateway/index.ts',
  review: 'src/roles/review/index.ts',
  network: 'src/network/index.ts',
  sandbox: 'src/sandbox/index.ts',
  secrets: 'src/secrets/index.ts',
});
