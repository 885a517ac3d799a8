import type { RollbackPlan, RollbackRequest } from '@baton/core/api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { usePerson } from '../../api/caller.ts';
import { client } from '../../api/session.ts';
import { Failed, Loading } from '../../components/feedback.tsx';
import { Dialog } from '../../components/form/dialog.tsx';
import { useDraft } from '../../components/form/draft.ts';
import { PersonField, Select, TextArea } from '../../components/form/fields.tsx';
import { useChange } from '../../components/form/use-change.ts';
import { title } from '../../components/format.ts';
import type { BuildView } from './build-view.ts';
import { short } from './evidence.ts';
import { phaseNames, phasesOnPath } from './phases-on-path.ts';
import { PlanView } from './plan-view.tsx';

/** Goes back to where a phase began. What is sent names the plan that was read: any other is refused. */
export function RollbackDialog({ view, onClose }: { view: BuildView; onClose: () => void }) {
  const { status, definition } = view;
  const { workflowId, revision } = status;
  const { name: by } = usePerson();
  const phases = phasesOnPath(status, phaseNames(definition));
  const [chosen, setChosen] = useState<string>();
  const target = chosen ?? phases.at(-1) ?? '';
  const [reason, setReason, clearReason] = useDraft(`rollback ${workflowId}`);
  const [read, setRead] = useState<string>();
  const plan = useQuery({
    queryKey: ['plan', workflowId, target, revision],
    queryFn: () => client().planRollback({ workflowId, targetState: target }),
    enabled: target !== '',
    placeholderData: keepPreviousData,
  });
  const rollback = useChange(
    (request: RollbackRequest) => client().rollback(request),
    () => {
      clearReason();
      onClose();
    },
  );
  const isRead = read !== undefined && read === plan.data?.digest;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isRead) return;
    rollback.mutate({ workflowId, targetState: target, reason, by, expectedPlan: read });
  };
  return (
    <Dialog title="Roll back" onClose={onClose}>
      <form onSubmit={submit}>
        <Select
          label="To the beginning of"
          value={target}
          onChange={setChosen}
          options={phases.map((phase) => ({ value: phase, words: title(phase) }))}
        />
        {plan.isPending && <Loading what="what would be withdrawn" />}
        {plan.isError && (
          <Failed
            what="What would be withdrawn is not known"
            error={plan.error}
            again={plan.refetch}
          />
        )}
        {plan.data !== undefined && <PlanView plan={plan.data} />}
        <TextArea label="Reason" value={reason} onChange={setReason} required rows={3} />
        <PersonField />
        {plan.data !== undefined && (
          <Acknowledgement plan={plan.data} isRead={isRead} wasRead={read} onChange={setRead} />
        )}
        {rollback.isError && <Failed what="Nothing was rolled back" error={rollback.error} />}
        <div className="actions">
          <button type="submit" className="danger" disabled={!isRead || rollback.isPending}>
            Roll back to {title(target)}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface AcknowledgementProps {
  readonly plan: RollbackPlan;
  readonly isRead: boolean;
  readonly wasRead: string | undefined;
  readonly onChange: (digest: string | undefined) => void;
}

function Acknowledgement({ plan, isRead, wasRead, onChange }: AcknowledgementProps) {
  const hasChanged = wasRead !== undefined && wasRead !== plan.digest;
  return (
    <div className="field">
      {hasChanged && (
        <p className="waiting" role="alert">
          The build has moved on since you read the plan: this is what a rollback would do now.
        </p>
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={isRead}
          onChange={(event) => onChange(event.target.checked ? plan.digest : undefined)}
        />
        <span>
          I have read what this withdraws (plan <code>{short(plan.digest)}</code>)
        </span>
      </label>
    </div>
  );
}
