/** A plain value as its readers see it: nothing in it can be changed, at any depth. For types that schemas infer. */
export type DeepReadonly<T> = T extends readonly (infer Member)[]
  ? readonly DeepReadonly<Member>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
