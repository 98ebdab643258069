// Finished results by the work that made them: where they lie, and the hash they had.
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Outcome } from '../../api/job.ts';
import { prepared } from './statements.ts';

export interface Artifact {
  readonly work: string;
  /** Absolute. */
  readonly path: string;
  readonly hash: string;
  /** As `engineClass` gives it; null: no engine was needed. */
  readonly engine: string | null;
  readonly outcome: Extract<Outcome, { kind: 'file' }>;
  readonly notes: readonly string[];
}

/** Results that are remembered. */
const mostKept = 10_000;

export class Artifacts {
  readonly #db: DatabaseSyncInstance;

  constructor(db: DatabaseSyncInstance) {
    this.#db = db;
  }

  /** Newest first. */
  of(work: string): Artifact[] {
    const rows = prepared(this.#db, 'SELECT * FROM artifact WHERE work = ? ORDER BY at DESC').all(work);
    return (rows as Record<'work' | 'path' | 'hash' | 'outcome' | 'notes', string>[]).map((row) => ({
      work: row.work,
      path: row.path,
      hash: row.hash,
      engine: (row as { engine?: string | null }).engine ?? null,
      outcome: JSON.parse(row.outcome),
      notes: JSON.parse(row.notes),
    }));
  }

  /** A place holds one result: what was known of it before is forgotten. */
  add({ work, path, hash, engine, outcome, notes }: Artifact, now: number): void {
    prepared(this.#db, 'DELETE FROM artifact WHERE path = ?').run(path);
    prepared(
      this.#db,
      'INSERT INTO artifact (work, path, hash, engine, outcome, notes, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(work, path, hash, engine, JSON.stringify(outcome), JSON.stringify(notes), now);
    prepared(
      this.#db,
      'DELETE FROM artifact WHERE at < (SELECT at FROM artifact ORDER BY at DESC LIMIT 1 OFFSET ?)',
    ).run(mostKept);
  }

  drop({ work, path }: Artifact): void {
    prepared(this.#db, 'DELETE FROM artifact WHERE work = ? AND path = ?').run(work, path);
  }
}
