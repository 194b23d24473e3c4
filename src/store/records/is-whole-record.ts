/**
 * A quick look at parsed JSON, for long runs: what `recordSchema` says takes most of the time of reading one. Never says yes to what
 * the schema refuses; what it says no to, the schema judges. So a field that only the schema knows costs time and nothing else.
 */
import { VERDICTS } from '../../core/program.ts';
import type { ItemRecord } from '../../core/record.ts';
import { QUANTITY_PATTERN, RANKING_PATTERN } from '../../core/response.ts';

/** Of a value that came out of `JSON.parse`. */
type Test = (value: unknown) => boolean;

/** An object with these fields and no others. */
function shape(required: Readonly<Record<string, Test>>, optional: Readonly<Record<string, Test>> = {}): Test {
  const tests = new Map(Object.entries({ ...required, ...optional }));
  const needed = Object.keys(required);
  return (value) => {
    if (!isObject(value)) return false;
    for (const key in value) if (tests.get(key)?.(value[key]) !== true) return false;
    return needed.every((key) => Object.hasOwn(value, key));
  };
}

/** An object of any number of fields. The schema drops `__proto__` from those, so it is left to it. */
function table(isKey: (key: string) => boolean, test: Test): Test {
  return (value) => {
    if (!isObject(value)) return false;
    for (const key in value) if (key === '__proto__' || !isKey(key) || !test(value[key])) return false;
    return true;
  };
}

/** An object whose `kind` says which test is its. */
function byKind(tests: Readonly<Record<string, Test>>): Test {
  const known = new Map(Object.entries(tests));
  return (value) => isObject(value) && known.get(String(value.kind))?.(value) === true;
}

const list =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isText: Test = (value) => typeof value === 'string';
/** 1e999 is JSON, and no number. */
const isNumber: Test = (value) => Number.isFinite(value);
const isFlag: Test = (value) => typeof value === 'boolean';
const isIndex: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isVerdict: Test = (value) => VERDICTS.some((verdict) => verdict === value);
const anyKey = () => true;

const monteCarlo = shape({ value: isNumber, stderr: isNumber });
const alternative = shape(
  {
    tokens: isNumber,
    crossing: isFlag,
    quantities: table((key) => QUANTITY_PATTERN.test(key), monteCarlo),
    exact: isFlag,
    greedy: orNull(isFlag),
  },
  { tokenLogprobs: list(isNumber), maskedCrossEntropy: list(orNull(isNumber)) },
);
const ranking = shape({ best: isNumber, runnerUp: orNull(isNumber), margin: isNumber, stderr: isNumber });
const viewResponse = shape({
  alternatives: list(alternative),
  rankings: table((key) => RANKING_PATTERN.test(key), ranking),
});
const written = shape({ steps: orNull(isNumber), draw: isNumber, text: isText, tokens: isNumber, nfe: isNumber });
const refusal = shape({ code: isText, reason: isText });

const response = byKind({
  written: shape(
    { kind: isText, views: table(anyKey, list(written)), nfe: isNumber },
    { refused: table(anyKey, refusal) },
  ),
  answered: shape({ kind: isText, views: table(anyKey, viewResponse), nfe: isNumber }),
  unanswered: shape({ kind: isText, code: isText, reason: isText }),
});
const score = byKind({
  scored: shape(
    { kind: isText, values: table(anyKey, isNumber), answer: orNull(isNumber), gold: isNumber, undecided: isFlag },
    { verdicts: table(anyKey, list(isVerdict)) },
  ),
  unscored: shape({ kind: isText, code: isText, reason: isText }),
});
const record = shape({ id: isText, index: isIndex, score, response });

/** @param value parsed from JSON */
export function isWholeRecord(value: unknown): value is ItemRecord {
  return record(value);
}
