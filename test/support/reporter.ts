// Mocha reporter for machines: one line a suite with the seconds it took, one a case that matters (failed, skipped), and the counts as "N passed, N failed" in a file.
import { writeFileSync } from 'node:fs';
import mocha from 'mocha';

const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_SUITE_BEGIN, EVENT_SUITE_END, EVENT_RUN_END } =
  mocha.Runner.constants;

export default class Counts extends mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const summary = (options.reporterOptions as { readonly summary?: string } | undefined)?.summary;
    const skipped: string[] = [];
    let [passed, failed] = [0, 0];
    let began = 0;
    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      if (suite.parent?.root === true) began = performance.now();
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (suite.parent?.root === true)
        console.log(`${suite.title} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    });
    runner.on(EVENT_TEST_PASS, () => {
      passed++;
    });
    runner.on(EVENT_TEST_PENDING, (test) => {
      skipped.push(test.fullTitle());
    });
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      failed++;
      console.log(`  FAILED ${test.fullTitle()}\n    ${(error.stack ?? String(error)).replaceAll('\n', '\n    ')}`);
    });
    runner.on(EVENT_RUN_END, () => {
      if (skipped.length > 0) console.log(`\n${skipped.length} skipped (the reason stands where it was printed):`);
      for (const title of skipped) console.log(`  ${title}`);
      const counts = `${passed} passed, ${failed} failed`;
      console.log(counts);
      if (summary !== undefined) writeFileSync(summary, `${counts}\n`);
    });
  }
}
