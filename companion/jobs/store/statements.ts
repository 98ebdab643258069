// Statements, each compiled once. The binding ends one only when the garbage collector comes by, and until then the connection stays open behind it.
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';

const known = new WeakMap<DatabaseSyncInstance, Map<string, StatementSyncInstance>>();

/** The statement of that text. */
export function prepared(db: DatabaseSyncInstance, sql: string): StatementSyncInstance {
  const own = known.get(db) ?? new Map<string, StatementSyncInstance>();
  const statement = own.get(sql) ?? db.prepare(sql);
  known.set(db, own.set(sql, statement));
  return statement;
}

/** The values of a single column, asked for without leaving a statement behind: the connection can be closed for good afterwards. */
export function askOnce(db: DatabaseSyncInstance, column: string, from: string): unknown[] {
  const values: unknown[] = [];
  db.function('tell', (value: unknown) => {
    values.push(value);
    return null;
  });
  db.exec(`SELECT tell(${column}) FROM ${from}`);
  return values;
}

/** Closes the connection with everything in the one file. */
export function closeWhole(db: DatabaseSyncInstance): void {
  known.delete(db);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}
