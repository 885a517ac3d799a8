import type { RequestRetryRequest } from '@baton/core/api';
import { type FormEvent, useState } from 'react';
import { usePerson } from '../../api/caller.ts';
import { client } from '../../api/session.ts';
import { Failed } from '../../components/feedback.tsx';
import { Dialog } from '../../components/form/dialog.tsx';
import { useDraft } from '../../components/form/draft.ts';
import { PersonField, Select, TextArea } from '../../components/form/fields.tsx';
import { useChange } from '../../components/form/use-change.ts';
import { title } from '../../components/format.ts';
import type { BuildView } from './build-view.ts';
import { phaseNames, phasesOnPath } from './phases-on-path.ts';

/** Sends the work back, with the reason as feedback for the role that does it again. */
export function RetryDialog({ view, onClose }: { view: BuildView; onClose: () => void }) {
  const { status, definition } = view;
  const { workflowId, epoch, state, failure } = status;
  const { name: by } = usePerson();
  const [reason, setReason, clearReason] = useDraft(`retry ${workflowId}`);
  const [target, setTarget] = useState('');
  const retry = useChange(
    (request: RequestRetryRequest) => client().requestRetry(request),
    () => {
      clearReason();
      onClose();
    },
  );
  const usual = definition?.states.find(({ name }) => name === state)?.retryTo ?? failure?.phase;
  const earlier = phasesOnPath(status, phaseNames(definition)).filter((one) => one !== state);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const targetState = target === '' ? undefined : target;
    retry.mutate({
      workflowId,
      reason,
      by,
      expectedEpoch: epoch,
      ...(targetState && { targetState }),
    });
  };
  return (
    <Dialog title="Request retry" onClose={onClose}>
      <form onSubmit={submit}>
        <p className="muted">
          The role does its work again, with your text as feedback. The files stay as they are.{' '}
          {status.retries} of {status.maxRetries} retries are used.
        </p>
        <Select
          label="Back to"
          value={target}
          onChange={setTarget}
          options={[
            {
              value: '',
              words: usual === undefined ? 'The default phase' : `${title(usual)} (default)`,
            },
            ...earlier
              .filter((one) => one !== usual)
              .map((one) => ({ value: one, words: title(one) })),
          ]}
        />
        <TextArea
          label="What must be done differently"
          value={reason}
          onChange={setReason}
          required
        />
        <PersonField />
        {retry.isError && <Failed what="The work was not sent back" error={retry.error} />}
        <div className="actions">
          <button type="submit" className="primary" disabled={retry.isPending}>
            Send back
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
