import type { JsonObject, StartRequest } from '@baton/core/api';
import { type FormEvent, useState } from 'react';
import { useMayNot, usePerson } from '../../api/caller.ts';
import { useDefinitions } from '../../api/queries.ts';
import { client } from '../../api/session.ts';
import { go, useParam } from '../../app/router.tsx';
import { pathTo } from '../../app/routes.ts';
import { Empty, Failed } from '../../components/feedback.tsx';
import { useDraft } from '../../components/form/draft.ts';
import { PersonField, Select, TextArea, TextField } from '../../components/form/fields.tsx';
import { useChange } from '../../components/form/use-change.ts';

/** Starts a build, which the workers of the server then perform. */
export function StartPage() {
  const { name: by } = usePerson();
  const mayNotStart = useMayNot('start');
  const [inAddress] = useParam('project');
  const [project, setProject, clearProject] = useDraft('start project');
  const [build, setBuild, clearBuild] = useDraft('start build');
  const [request, setRequest, clearRequest] = useDraft('start request');
  const [definition, setDefinition] = useState('');
  const names = [...new Set((useDefinitions().data ?? []).map(({ name }) => name))];
  const projectId = project === '' ? inAddress : project;
  const start = useChange(
    (asked: StartRequest) => client().start(asked),
    ({ workflowId }) => {
      for (const clear of [clearProject, clearBuild, clearRequest]) clear();
      go(pathTo({ page: 'build', workflowId, tab: 'timeline' }));
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const requirements: JsonObject = { request };
    start.mutate({
      ...{ projectId, buildId: build, userId: by, requirements },
      ...(definition !== '' && { definition: { name: definition } }),
    });
  };
  if (mayNotStart) {
    return (
      <div className="page page-narrow">
        <div className="page-head">
          <h1>Start a build</h1>
        </div>
        <Empty title="Your key does not let you start builds">
          <p>
            A key with the permission <code>start</code> does.
          </p>
        </Empty>
      </div>
    );
  }
  return (
    <div className="page page-narrow">
      <div className="page-head">
        <h1>Start a build</h1>
      </div>
      <form onSubmit={submit}>
        <TextField
          label="Project"
          hint="Builds of one project are listed and counted together. Most use the name of a repository."
          value={projectId}
          onChange={setProject}
          required
        />
        <TextField
          label="Build"
          hint="A name for this build, unique within the project, such as dark-mode."
          value={build}
          onChange={setBuild}
          required
        />
        <TextArea
          label="What to build"
          hint="Describe the feature or the fix. When something is unclear, you are asked in the inbox."
          value={request}
          onChange={setRequest}
          required
          rows={8}
        />
        <Select
          label="Definition"
          hint="The states, roles and gates that the build goes through."
          value={definition}
          onChange={setDefinition}
          options={[
            { value: '', words: 'Default of the server' },
            ...names.map((name) => ({ value: name, words: name })),
          ]}
        />
        <PersonField />
        {start.isError && <Failed what="The build was not started" error={start.error} />}
        <div className="actions">
          <button type="submit" className="primary" disabled={start.isPending}>
            Start
          </button>
        </div>
      </form>
    </div>
  );
}
