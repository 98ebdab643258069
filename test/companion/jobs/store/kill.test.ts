// kill -9 in the middle of writing: what was acknowledged is there, and the file is whole.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSound, openDatabase } from '../../../../companion/jobs/store/database.ts';
import { Store } from '../../../../companion/jobs/store/store.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { typescriptLoader } from '../../../support/typescript.ts';

describe('store: killed while it writes', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-kill-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Lets a process add jobs until it has acknowledged so many, kills it, and gives their ids. */
  function insertAndKill(least: number): Promise<string[]> {
    const script = fileURLToPath(new URL('../../../support/inserter.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', typescriptLoader, script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.length > least * 22) child.kill('SIGKILL');
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve(said.split('\n').slice(0, -1)));
    });
  }

  it('nothing acknowledged is lost, in five lives', async () => {
    const acknowledged: string[] = [];
    for (let life = 0; life < 5; life++) acknowledged.push(...(await insertAndKill(40 + life * 17)));
    const { db, restored } = openDatabase(folder, fakeClock());
    assert.equal(restored, null);
    assert.ok(isSound(db));
    const there = new Set(new Store(db).waiting());
    assert.deepEqual(
      acknowledged.filter((id) => !there.has(id)),
      [],
    );
    assert.ok(acknowledged.length >= 5 * 40);
    console.log(`      ${acknowledged.length} acknowledged, ${there.size} there`);
    db.close();
  });
}).timeout(60_000);
