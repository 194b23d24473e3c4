/** One item in full: question, choices, the scores of every model, what they wrote. */
import type {
  SampleAnswer,
  SampleModel,
  SampleQuestion,
  SampleSet,
  SampleText,
  SampleTrace,
} from '../samples/sample-data.ts';
import { el, letter } from './dom.ts';
import { outcomeSign, outcomeTone, outcomeWords } from './item-list.ts';
import { scoreTable } from './score-table.ts';
import { traceGrids } from './trace-view.ts';

export interface ItemContent {
  readonly set: SampleSet;
  readonly row: number;
  readonly question: SampleQuestion | null;
  /** By model of the set. */
  readonly answers: readonly (SampleAnswer | null)[];
  readonly traces: readonly (readonly SampleTrace[])[];
  readonly link: string;
}

export function itemDetail({ set, row, question, answers, traces, link }: ItemContent): HTMLElement[] {
  const models = set.models.map((model, at) => ({ model, answer: answers[at] ?? null, traces: traces[at] ?? [] }));
  return [
    el(
      'div',
      { class: 'detail-head' },
      el('h3', { id: 'samples-detail-title', tabindex: -1 }, set.ids[row] ?? ''),
      el('p', { class: 'note' }, `${set.task}, ${set.protocol} · `, el('a', { href: link }, 'Link to this item')),
      el(
        'ul',
        { class: 'verdicts' },
        models.map(({ model }) => verdict(model, row)),
      ),
    ),
    ...(question === null ? [noText(set)] : questionParts(question, models)),
    ...models.flatMap(({ model, answer, traces: steps }) => modelParts(model, answer, question, steps)),
  ];
}

interface AnsweredModel {
  readonly model: SampleModel;
  readonly answer: SampleAnswer | null;
}

function verdict(model: SampleModel, row: number): HTMLElement {
  const words = outcomeWords(model, row);
  return el(
    'li',
    {},
    el('span', { class: `tag ${outcomeTone(model, row)}` }, `${outcomeSign(model, row)} ${words}`),
    ' ',
    el('bdi', {}, model.name),
  );
}

const noText = (set: SampleSet): HTMLElement =>
  el(
    'p',
    { class: 'note' },
    set.hasText
      ? 'The run has no text of this question.'
      : 'Question text not stored by this version. Repeating the command of the run adds it; results stay as they are.',
  );

function questionParts(question: SampleQuestion, models: readonly AnsweredModel[]): HTMLElement[] {
  const several = question.asked.length > 1;
  const prompts = question.asked.flatMap(({ families, views }) =>
    views.map((view, at) => {
      const name = [
        ...(several ? [`as ${families.join(' and ')} models are asked`] : []),
        ...(at > 0 || views.length > 1 ? [`view ${view.name}`] : []),
      ];
      const body = [heading(name.length === 0 ? 'Question' : `Question, ${name.join(', ')}`), pre(view.context)];
      const isFirst = at === 0 && families === question.asked[0]?.families;
      const after = isFirst && question.kind !== 'choose' ? afterText(view.alternatives[0] ?? []) : '';
      const rest = after === '' ? [] : [el('p', { class: 'note' }, 'after the answer'), pre(after)];
      return isFirst ? [...body, ...rest] : [el('details', {}, el('summary', {}, ...name), pre(view.context), rest)];
    }),
  );
  return [...prompts.flat(), ...choices(question, models)];
}

const afterText = (pieces: SampleQuestion['asked'][number]['views'][number]['alternatives'][number]): string => {
  const last = pieces.findLastIndex(({ scored }) => scored);
  return pieces
    .slice(last + 1)
    .map(({ text }) => text)
    .join('');
};

function choices({ kind, answers, gold }: SampleQuestion, models: readonly AnsweredModel[]): HTMLElement[] {
  if (kind !== 'choose') {
    return [heading(kind === 'fill' ? 'Right answer' : 'Reference'), ...answers.map((answer) => pre(answer))];
  }
  const rows = answers.map((answer, at) =>
    el(
      'li',
      { class: at === gold ? 'choice gold' : 'choice' },
      el('span', { class: 'letter' }, letter(at)),
      el('span', { class: 'choice-text' }, answer),
      el(
        'span',
        { class: 'choice-tags' },
        at === gold && el('span', { class: 'tag good' }, '✓ right answer'),
        models.flatMap(({ model, answer: given }) =>
          given?.chosen === at ? [el('span', { class: 'tag none' }, '● ', el('bdi', {}, model.name))] : [],
        ),
      ),
    ),
  );
  return [heading('Choices'), el('ol', { class: 'choices' }, rows)];
}

function modelParts(
  model: SampleModel,
  answer: SampleAnswer | null,
  question: SampleQuestion | null,
  traces: readonly SampleTrace[],
): HTMLElement[] {
  const title = el('h4', { class: 'model-name' }, el('bdi', {}, model.name), el('small', {}, ` ${model.family}`));
  if (answer === null) return [title, el('p', { class: 'note' }, 'This run does not have the item.')];
  const facts = [
    ...(answer.nfe === null || answer.texts !== undefined
      ? []
      : [`${counted(answer.nfe, 'sequence')} through the network`]),
    ...(answer.views?.some(({ crossing }) => crossing) === true
      ? ['a token holds the end of the context and the start of the answer']
      : []),
  ];
  return [
    title,
    ...(answer.unscored === undefined
      ? []
      : [el('p', { class: 'note' }, el('span', { class: 'tag warn' }, '! unscored'), ` ${answer.unscored}`)]),
    ...(answer.views ?? []).flatMap((view, _, all) => scoreTable(view, all.length > 1, question, model, answer.gold)),
    ...(answer.texts ?? []).flatMap(writtenParts),
    ...Object.entries(answer.refused ?? {}).map(([view, why]) =>
      el('p', { class: 'note' }, `View ${view} was not answered: ${why}`),
    ),
    ...traceGrids(traces, model),
    ...(facts.length === 0 ? [] : [el('p', { class: 'note' }, `${facts.join('; ')}.`)]),
  ];
}

function writtenParts({ view, steps, draw, text, tokens, nfe, verdict: became }: SampleText): HTMLElement[] {
  const how = steps === null ? 'left to right' : `T = ${steps}, draw ${draw}`;
  const said = `Wrote ${counted(tokens, 'token')} in ${counted(nfe, 'pass', 'es')} (view ${view}, ${how}) `;
  const tone = became === 'passed' ? 'good' : 'bad';
  return [
    el('p', { class: 'note' }, said, became !== undefined && el('span', { class: `tag ${tone}` }, became)),
    pre(text),
  ];
}

const counted = (count: number, noun: string, plural = 's'): string => `${count} ${noun}${count === 1 ? '' : plural}`;
const heading = (text: string): HTMLElement => el('h4', {}, text);
const pre = (text: string): HTMLElement =>
  text === '' ? el('p', { class: 'note' }, 'Nothing.') : el('pre', { class: 'sample-text' }, text);
