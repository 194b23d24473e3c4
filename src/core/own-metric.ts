/** A metric that a task declares. */
export interface OwnMetric {
  /** One sentence without a full stop. */
  readonly description: string;
  /** `fraction`: of 0 to 1, spelt in percent; `number`: of any size, in no unit. */
  readonly unit: 'fraction' | 'nats' | 'bits' | 'number';
  readonly higherIsBetter: boolean;
}
