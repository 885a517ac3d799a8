import type { Awaiting, DecideApprovalRequest, WorkflowStatus } from '@baton/core/api';
import { type FormEvent, useState } from 'react';
import { usePerson } from '../../api/caller.ts';
import { client } from '../../api/session.ts';
import { Failed, type Unseen } from '../../components/feedback.tsx';
import { useDraft } from '../../components/form/draft.ts';
import { PersonField, TextArea } from '../../components/form/fields.tsx';
import { useChange } from '../../components/form/use-change.ts';
import { title } from '../../components/format.ts';
import { short } from '../build/evidence.ts';
import type { Looking } from './use-seen.ts';

interface ApprovalFormProps {
  readonly status: WorkflowStatus;
  readonly awaiting: Extract<Awaiting, { kind: 'approval' }>;
  readonly looking: Looking;
  /** What keeps a person from having seen all that it is about; undefined: all of it is there. */
  readonly unseen: Unseen | undefined;
}

const NO_REASON = 'Say what has to be done differently: the role gets it as feedback.';

/**
 * A move that waits for approval. The decision names the tree that was looked at: the server refuses it for any other,
 * and so does this form until the person has looked at the new one.
 */
export function ApprovalForm({ status, awaiting, looking, unseen }: ApprovalFormProps) {
  const { workflowId } = status;
  const { seen, now, hasMoved, lookAgain } = looking;
  const { name: by } = usePerson();
  const [reason, setReason, clearReason] = useDraft(`approval ${workflowId}`);
  const change = useChange(
    (request: DecideApprovalRequest) => client().decideApproval(request),
    () => {
      clearReason();
      looking.decided();
    },
  );
  const [isUnseenAccepted, acceptUnseen] = useState(false);
  const [lacksReason, setLacksReason] = useState(false);
  const isPartMissing = unseen !== undefined && unseen !== 'pending';
  const isSeen = unseen === undefined || (isPartMissing && isUnseenAccepted);
  const { approvers } = awaiting;
  const isApprover = approvers.length === 0 || approvers.includes(by);
  const decide = (approved: boolean) => {
    change.mutate({
      ...{ workflowId, approved, by },
      ...(reason !== '' && { reason }),
      ...(seen.digest !== undefined && { expectedCheckpoint: seen.digest }),
    });
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const isApproved = (submitter as HTMLButtonElement | null)?.value === 'approve';
    setLacksReason(!isApproved && reason.trim() === '');
    if (isApproved || reason.trim() !== '') decide(isApproved);
  };
  return (
    <form className="ask" onSubmit={submit} aria-label="Decision">
      <h3 className="ask-text">Approve the move to {title(awaiting.to)}?</h3>
      <p className="muted">
        {awaiting.approvers.length === 0
          ? 'Any person may decide.'
          : `${awaiting.approvers.join(' or ')} may decide.`}{' '}
        {seen.digest !== undefined && (
          <>
            The decision is about tree <code>{short(seen.digest)}</code>.
          </>
        )}
      </p>
      {hasMoved && (
        <p className="waiting" role="alert">
          The build has moved on since you began to look
          {now.digest !== undefined &&
            now.digest !== seen.digest &&
            ` (tree ${short(now.digest)} now)`}
          .
          <button type="button" onClick={lookAgain}>
            Look at it as it is now
          </button>
        </p>
      )}
      <TextArea
        label="Reason"
        hint="Recorded in the audit trail. To reject takes one: the work goes back with it as feedback."
        value={reason}
        onChange={setReason}
        rows={3}
      />
      {lacksReason && reason.trim() === '' && <p role="alert">{NO_REASON}</p>}
      <PersonField />
      {by !== '' && !isApprover && (
        <p className="muted" role="status">
          {by} is not among those who may decide: {approvers.join(', ')}.
        </p>
      )}
      {unseen === 'pending' && (
        <p className="muted" role="status">
          You can approve once the changes and the evidence are here.
        </p>
      )}
      {isPartMissing && (
        <label className="check">
          <input
            type="checkbox"
            checked={isUnseenAccepted}
            onChange={(event) => acceptUnseen(event.target.checked)}
          />
          Approve without having seen what is missing
        </label>
      )}
      {change.isError && <Failed what="The decision was not taken" error={change.error} />}
      <div className="actions">
        <button
          type="submit"
          value="approve"
          className="primary"
          disabled={hasMoved || !isApprover || !isSeen || change.isPending}
        >
          Approve
        </button>
        <button type="submit" value="reject" disabled={hasMoved || !isApprover || change.isPending}>
          Reject
        </button>
      </div>
    </form>
  );
}
