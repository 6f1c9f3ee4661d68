import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { QuestionItem } from "../../../../src/app/transcript.js";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";

type Question = QuestionItem["questions"][number];

/** The agent's questions; one alone is answered by a single press. */
export function QuestionCard({ item, live }: { readonly item: QuestionItem; readonly live: boolean }): ComponentChildren {
  const playground = usePlayground();
  const answers = useSignal<Readonly<Record<string, string>>>({});
  const isAnswering = useSignal(false);
  const isOpen = live && item.completedAt === undefined;
  const send = async (given: Readonly<Record<string, string>>): Promise<void> => {
    const threadId = playground.threadId.value;
    if (threadId === undefined) return;
    isAnswering.value = true;
    await playground.run({ type: "answer", threadId, requestId: item.id, answers: given });
    isAnswering.value = false;
  };
  const answer = (question: Question, text: string): void => {
    answers.value = { ...answers.value, [question.id]: text };
    if (item.questions.every(({ id }) => answers.value[id] !== undefined)) void send(answers.value);
  };
  return (
    <div class={isOpen ? "ask open" : "ask"} role="group" aria-label="Question">
      {item.questions.map((question) => (
        <QuestionForm key={question.id} question={question} given={answers.value[question.id]} open={isOpen} busy={isAnswering.value} answer={(text) => answer(question, text)} />
      ))}
      {!isOpen && <p class="verdict">{verdict(item)}</p>}
    </div>
  );
}

interface QuestionFormProps {
  readonly question: Question;
  readonly given: string | undefined;
  readonly open: boolean;
  readonly busy: boolean;
  readonly answer: (text: string) => void;
}

function QuestionForm({ question, given, open, busy, answer }: QuestionFormProps): ComponentChildren {
  const text = useSignal("");
  const id = useId();
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    answer(text.value);
  };
  return (
    <>
      <h3>
        <Icon name="question" />
        {question.header}
      </h3>
      {question.question !== question.header && <p class="ask-text">{question.question}</p>}
      {open && (
        <>
          <div class="buttons" role="group" aria-label={question.header}>
            {question.options.map(({ label, description }) => (
              <button key={label} type="button" class={given === label ? "primary" : "secondary"} title={description} disabled={busy} onClick={() => answer(label)}>
                {label}
              </button>
            ))}
          </div>
          <form class="ask-form" onSubmit={onSubmit}>
            <label class="visually-hidden" for={id}>
              Another answer
            </label>
            <input id={id} type="text" placeholder="Or type an answer" value={text.value} disabled={busy} onInput={(event) => (text.value = event.currentTarget.value)} />
            <button type="submit" class="secondary" disabled={busy || text.value === ""}>
              Answer
            </button>
          </form>
        </>
      )}
    </>
  );
}

function verdict({ answers }: QuestionItem): string {
  const given = Object.values(answers ?? {}).filter((answer) => typeof answer === "string" || typeof answer === "boolean");
  return given.length === 0 ? "Not answered" : `Answered: ${given.join(", ")}`;
}
