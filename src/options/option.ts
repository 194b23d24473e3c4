/**
 * An option, declared once: from its declaration come the flag, the key of a configuration file, the type and default
 * that the code receives, the check of what was given, and the line of help.
 */
import type { z } from 'zod';

export interface Option<T = unknown> {
  /** Reads the text of a flag and a JSON value alike. Its description completes "expected …". */
  readonly field: z.ZodType<T>;
  /** What it is for, as help says it. */
  readonly about: string;
  /** Its value where none is given; an option without it must be given. */
  readonly preset?: T;
  /** The preset in words, where its value does not say it. */
  readonly standard?: string;
  /** Heading in help. */
  readonly group?: string;
  /** Name as flag and key; else that of the member with dashes: `dataDir` is `data-dir`. */
  readonly flag?: string;
  /** It names a file that is written, in the place of what stands there. */
  readonly writes?: boolean;
}

/** An option that may be left out. */
export interface Preset<T> extends Option<T> {
  readonly preset: T;
}

/** Options by the name under which code receives them, in the order of help. */
export type Declared = Readonly<Record<string, Option>>;

/** What code receives: nothing optional in it. */
export type OptionsOf<D extends Declared> = { readonly [K in keyof D]: D[K] extends Option<infer T> ? T : never };

type PresetKeys<D extends Declared> = { [K in keyof D]: D[K] extends Preset<unknown> ? K : never }[keyof D];

/** What is assumed of the options that may be left out. */
export type PresetsOf<D extends Declared> = Pick<OptionsOf<D>, PresetKeys<D>>;

/** What a caller says: whatever has no preset, and what differs from the others. */
export type GivenOf<D extends Declared> = Omit<OptionsOf<D>, PresetKeys<D>> & Partial<PresetsOf<D>>;

/** @param preset value where none is given, null = nothing; left out: one must be given */
export function option<T>(field: z.ZodType<T>, about: string): Option<T>;
export function option<T>(field: z.ZodType<T>, about: string, preset: NoInfer<T>, standard?: string): Preset<T>;
export function option<T>(field: z.ZodType<T>, about: string, preset: null, standard?: string): Preset<T | null>;
export function option(field: z.ZodType, about: string, preset?: unknown, standard?: string): Option {
  if (preset === undefined) return { field, about: `${about} (required)` };
  return { field, about, preset, ...(standard === undefined ? {} : { standard }) };
}

/** Options under one heading of help. */
export function grouped<D extends Declared>(group: string, declared: D): D {
  return Object.fromEntries(Object.entries(declared).map(([key, each]) => [key, { ...each, group }])) as unknown as D;
}

/** The same options with other presets or words. */
export function adjusted<D extends Declared>(
  declared: D,
  changes: { readonly [K in keyof D]?: Partial<Omit<D[K], 'field'>> },
): D {
  const changed = Object.entries(changes).map(([key, change]) => [key, { ...declared[key], ...change }]);
  return { ...declared, ...Object.fromEntries(changed) };
}

export function presetsOf<D extends Declared>(declared: D): PresetsOf<D> {
  const known = Object.entries(declared).filter(([, { preset }]) => preset !== undefined);
  return Object.fromEntries(known.map(([key, { preset }]) => [key, preset])) as PresetsOf<D>;
}

/** Name of an option as flag and as key of a configuration file. */
export function flagOf(key: string, { flag }: Pick<Option, 'flag'> = {}): string {
  return flag ?? key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
