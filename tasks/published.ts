import type { DataSource } from '#harness';

/** A source of rows as the reference release has them. @param read given where each file of the release is */
export const published = <Row>(name: string, read: DataSource<Row>['read']): DataSource<Row> => ({
  name,
  variant: null,
  read,
});
