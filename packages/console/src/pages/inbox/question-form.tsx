import type { AnswerQuestionRequest, Question } from '@baton/core/api';
import { type FormEvent, useId } from 'react';
import { usePerson } from '../../api/caller.ts';
import { client } from '../../api/session.ts';
import { Failed } from '../../components/feedback.tsx';
import { useDraft } from '../../components/form/draft.ts';
import { PersonField, TextArea } from '../../components/form/fields.tsx';
import { useChange } from '../../components/form/use-change.ts';
import { title } from '../../components/format.ts';

interface QuestionFormProps {
  readonly workflowId: string;
  readonly question: Question;
}

/** A question of a role, and its answer. */
export function QuestionForm({ workflowId, question }: QuestionFormProps) {
  const { id, text, choices, askedBy, askedInState } = question;
  const { name: by } = usePerson();
  const heading = useId();
  const [answer, setAnswer, clearAnswer] = useDraft(`answer ${workflowId} ${id}`);
  const change = useChange(
    (request: AnswerQuestionRequest) => client().answerQuestion(request),
    () => clearAnswer(),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ workflowId, questionId: id, answer, by });
  };
  return (
    <form className="ask" onSubmit={submit} aria-labelledby={heading}>
      <p className="muted">
        {title(askedBy)} asks in {title(askedInState)}
      </p>
      <h3 id={heading} className="ask-text">
        {text}
      </h3>
      {choices.length > 0 ? (
        <fieldset>
          <legend>Answer</legend>
          {choices.map((choice) => (
            <label key={choice} className="check">
              <input
                type="radio"
                name={`answer ${id}`}
                value={choice}
                required
                checked={answer === choice}
                onChange={() => setAnswer(choice)}
              />
              {choice}
            </label>
          ))}
        </fieldset>
      ) : (
        <TextArea label="Answer" value={answer} onChange={setAnswer} required />
      )}
      <PersonField />
      {change.isError && <Failed what="The answer was not taken" error={change.error} />}
      <div className="actions">
        <button type="submit" className="primary" disabled={change.isPending}>
          Answer
        </button>
      </div>
    </form>
  );
}
