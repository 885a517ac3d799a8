import type { CancelRequest } from '@baton/core/api';
import type { FormEvent } from 'react';
import { usePerson } from '../../api/caller.ts';
import { client } from '../../api/session.ts';
import { Failed } from '../../components/feedback.tsx';
import { Dialog } from '../../components/form/dialog.tsx';
import { useDraft } from '../../components/form/draft.ts';
import { PersonField, TextArea } from '../../components/form/fields.tsx';
import { useChange } from '../../components/form/use-change.ts';
import { title } from '../../components/format.ts';
import type { BuildView } from './build-view.ts';

/** Stops a build, with the reason for people who find it stopped. */
export function CancelDialog({ view, onClose }: { view: BuildView; onClose: () => void }) {
  const { workflowId, state, claim, awaiting } = view.status;
  const { name: by } = usePerson();
  const [reason, setReason, clearReason] = useDraft(`cancel ${workflowId}`);
  const cancel = useChange(
    (request: CancelRequest) => client().cancel(request),
    () => {
      clearReason();
      onClose();
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // At any revision: the person wants it stopped, wherever it has come to by now.
    cancel.mutate({ workflowId, reason, by });
  };
  return (
    <Dialog title="Cancel build" onClose={onClose}>
      <form onSubmit={submit}>
        <p>The build stops in {title(state)} and waits there, marked as cancelled.</p>
        {claim !== undefined && (
          <p className="waiting">
            This interrupts the work of {claim.worker}: what it has not handed over is lost.
          </p>
        )}
        {awaiting !== undefined && (
          <p className="waiting">
            {awaiting.kind === 'approval'
              ? 'The approval that it waits for is not asked for any more.'
              : 'The questions that it waits for are not asked any more.'}
          </p>
        )}
        <p className="muted">
          It counts as cancelled, not as failed. A retry or a rollback takes it up again.
        </p>
        <TextArea label="Reason" value={reason} onChange={setReason} required rows={3} />
        <PersonField />
        {cancel.isError && <Failed what="The build was not cancelled" error={cancel.error} />}
        <div className="actions">
          <button type="submit" className="danger" disabled={cancel.isPending}>
            Cancel the build
          </button>
          <button type="button" onClick={onClose}>
            Keep it going
          </button>
        </div>
      </form>
    </Dialog>
  );
}
