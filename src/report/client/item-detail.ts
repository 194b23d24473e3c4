/** One item in full: question, choices, the scores of every model, what they wrote. */

import type { StoredView } from '../../store/records/stored-question.ts';
import {
  afterText,
  type SampleAnswer,
  type SampleModel,
  type SampleQuestion,
  type SampleSet,
  type SampleText,
  type SampleTrace,
} from '../items/sample-data.ts';
import { copyButton, el, letter, nameOf } from './dom.ts';
import { outcomeOf } from './item-list.ts';
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
      'div.detail-head',
      el('h3', { id: 'samples-detail-title', tabindex: -1 }, set.ids[row] ?? ''),
      el(
        'p.note',
        `${set.task}, ${set.protocol} · `,
        el('a', { href: link }, 'Link to this item'),
        ' ',
        copyButton(() => new URL(link, window.location.href).href, 'the link'),
      ),
      el('ul.verdicts', ...models.map(({ model }) => verdict(model, row))),
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
  const [sign, tone, words] = outcomeOf(model, row);
  return el('li', el(`span.tag.${tone}`, `${sign} ${words}`), ' ', nameOf(model));
}

const noText = (set: SampleSet): HTMLElement =>
  el(
    'p.note',
    set.hasText
      ? 'The run has no text of this question.'
      : 'Question text not stored by this version. Repeating the command of the run adds it; results stay as they are.',
  );

function questionParts(question: SampleQuestion, models: readonly AnsweredModel[]): HTMLElement[] {
  const [first, ...others] = distinctPrompts(question);
  if (first === undefined) return choices(question, models);
  const title = others.length === 0 ? 'Question' : `Question (${first.name})`;
  const more = others.map((each) => el('details', el('summary', `Also asked: ${each.name}`), promptParts(each)));
  return [heading(title), ...promptParts(first), ...more, ...choices(question, models)];
}

interface Prompt {
  readonly name: string;
  readonly context: string;
  /** What stands behind the place of the answer. */
  readonly after: string;
  /** What follows the context, where choices differ in more than the answer; else empty. */
  readonly alternatives: StoredView['alternatives'];
}

/** Every way in which the question was put, the ways that read alike once. */
function distinctPrompts({ asked, kind }: SampleQuestion): Prompt[] {
  const prompts = asked.flatMap(({ families, views }) =>
    views.map(({ name, context, alternatives }): Prompt => {
      const who = asked.length > 1 ? `${families.join(' and ')}, ` : '';
      const isPlain = kind !== 'choose' || alternatives.every((pieces) => pieces.every(({ scored }) => scored));
      const after = kind === 'choose' ? '' : afterText(alternatives[0] ?? []);
      return { name: `${who}view ${name}`, context, after, alternatives: isPlain ? [] : alternatives };
    }),
  );
  const key = ({ context, after, alternatives }: Prompt) => JSON.stringify([context, after, alternatives]);
  return prompts.filter((prompt, at) => prompts.findIndex((other) => key(other) === key(prompt)) === at);
}

const promptParts = ({ context, after, alternatives }: Prompt): HTMLElement[] => [
  ...(context === '' && alternatives.length > 0 ? [] : [pre(context)]),
  ...(alternatives.length === 0 ? [] : [el('p.note', 'One text a choice; what is scored is underlined:')]),
  ...alternatives.map((pieces, at) =>
    el(
      'pre.sample-text',
      el('b', `${letter(at)}  `),
      ...pieces.map(({ text, scored }) => el(scored ? 'span.scored' : 'span', text)),
    ),
  ),
  ...(after === '' ? [] : [el('p.note', 'After the answer:'), pre(after)]),
];

function choices({ kind, answers, gold }: SampleQuestion, models: readonly AnsweredModel[]): HTMLElement[] {
  if (kind !== 'choose') {
    return [heading(kind === 'fill' ? 'Right answer' : 'Reference'), ...answers.map((answer) => pre(answer))];
  }
  const rows = answers.map((answer, at) =>
    el(
      at === gold ? 'li.choice.gold' : 'li.choice',
      el('span.letter', letter(at)),
      el('span.choice-text', answer),
      el(
        'span.choice-tags',
        at === gold && el('span.tag.good', '✓ right answer'),
        ...models.map(({ model, answer: given }) => given?.chosen === at && el('span.tag.none', '● ', nameOf(model))),
      ),
    ),
  );
  return [heading('Choices'), el('ol.choices', rows)];
}

function modelParts(
  model: SampleModel,
  answer: SampleAnswer | null,
  question: SampleQuestion | null,
  traces: readonly SampleTrace[],
): HTMLElement[] {
  const title = el('h4.model-name', nameOf(model), el('small', ` ${model.family}`));
  if (answer === null) return [title, el('p.note', 'This run does not have the item.')];
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
    ...(answer.unscored === undefined ? [] : [el('p.note', el('span.tag.warn', '! unscored'), ` ${answer.unscored}`)]),
    ...(answer.views ?? []).flatMap((view, _, all) => scoreTable(view, all.length > 1, question, model, answer.gold)),
    ...(answer.texts ?? []).flatMap(writtenParts),
    ...Object.entries(answer.refused ?? {}).map(([view, why]) => el('p.note', `View ${view} was not answered: ${why}`)),
    ...traceGrids(traces, model, answer),
    ...(facts.length === 0 ? [] : [el('p.note', `${facts.join('; ')}.`)]),
  ];
}

function writtenParts({ view, steps, draw, text, tokens, nfe, verdict: became }: SampleText): HTMLElement[] {
  const how = steps === null ? 'left to right' : `T = ${steps}, draw ${draw}`;
  const said = `Wrote ${counted(tokens, 'token')} in ${counted(nfe, 'pass', 'es')} (view ${view}, ${how}) `;
  const tone = became === 'passed' ? 'good' : 'bad';
  return [el('p.note', said, became !== undefined && el(`span.tag.${tone}`, became)), pre(text)];
}

const counted = (count: number, noun: string, plural = 's'): string => `${count} ${noun}${count === 1 ? '' : plural}`;
const heading = (text: string): HTMLElement => el('h4', text);
const pre = (text: string): HTMLElement =>
  text === ''
    ? el('p.note', 'Nothing.')
    : el(
        'div.copied',
        el(INDENTED.test(text) ? 'pre.sample-text.code' : 'pre.sample-text', text),
        copyButton(() => text, 'this text'),
      );

/** Programs are read in a font in which columns stand under each other. */
const INDENTED = /^([ ]{2}|\t)\s*\S/m;
