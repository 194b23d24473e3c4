/**
 * A quick look at parsed JSON, for long runs: what `recordSchema` says takes most of the time of reading one. It is made from that
 * schema, never says yes to what the schema refuses, and leaves to it what it says no to.
 */
import { z } from 'zod';
import { type ItemRecord, recordSchema } from '../../core/record.ts';

/** Of a value that came out of `JSON.parse`. */
type Test = (value: unknown) => boolean;

/** The test of a schema. Kinds of schema that are not here are judged by themselves. */
function testOf(schema: z.core.$ZodType): Test {
  if (schema instanceof z.ZodObject) return shape(schema);
  if (schema instanceof z.ZodRecord) return table(testOf(schema.keyType), testOf(schema.valueType));
  if (schema instanceof z.ZodDiscriminatedUnion) return byKind(schema.options);
  if (schema instanceof z.ZodArray) {
    const test = testOf(schema.element);
    return (value) => Array.isArray(value) && value.every(test);
  }
  if (schema instanceof z.ZodNullable) {
    const test = testOf(schema.unwrap());
    return (value) => value === null || test(value);
  }
  if (schema instanceof z.ZodExactOptional) return testOf(schema.unwrap());
  if (schema instanceof z.ZodString) return (value) => typeof value === 'string';
  if (schema instanceof z.ZodBoolean) return (value) => typeof value === 'boolean';
  // 1e999 is JSON, and no number.
  if (schema instanceof z.ZodNumber && !schema.isInt) return Number.isFinite;
  if (schema instanceof z.ZodCustom) return schema.def.fn as Test;
  return (value) => z.safeParse(schema, value).success;
}

/** An object with these fields and no others. */
function shape({ shape: fields }: z.ZodObject): Test {
  const tests = new Map(Object.entries(fields).map(([key, field]) => [key, testOf(field)]));
  const needed = Object.keys(fields).filter((key) => !(fields[key] instanceof z.ZodExactOptional));
  return (value) => {
    if (!isObject(value)) return false;
    for (const key in value) if (tests.get(key)?.(value[key]) !== true) return false;
    return needed.every((key) => Object.hasOwn(value, key));
  };
}

/** An object of any number of fields. The schema drops `__proto__` from those, so it is left to it. */
function table(isKey: Test, test: Test): Test {
  return (value) => {
    if (!isObject(value)) return false;
    for (const key in value) if (key === '__proto__' || !isKey(key) || !test(value[key])) return false;
    return true;
  };
}

/** An object whose `kind` says which test is its. */
function byKind(options: readonly z.core.$ZodType[]): Test {
  const known = new Map(options.map((option) => [kindOf(option), testOf(option)]));
  return (value) => isObject(value) && known.get(value.kind)?.(value) === true;
}

const kindOf = (option: z.core.$ZodType): unknown =>
  option instanceof z.ZodObject && option.shape.kind instanceof z.ZodLiteral ? option.shape.kind.value : undefined;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const record = testOf(recordSchema);

/** @param value parsed from JSON */
export function isWholeRecord(value: unknown): value is ItemRecord {
  return record(value);
}
