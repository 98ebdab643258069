// A melt that does what a test wants, as a program in a folder.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ways = {
  /** Ends without having written. */
  nothing: '',
  /** Never ends. */
  hangs: 'setInterval(() => {}, 1000);',
  fails: 'process.exit(3);',
  /** Every picture is another. */
  noise: 'write(count);',
  'too few': 'write(count - 1);',
  /** Ends the first time without having written, as the true one may. */
  late: "if (existsSync('started')) write(count); else writeFileSync('started', '');",
};
export type Way = keyof typeof ways;

/** Its path. */
export function fakeMelt(folder: string, way: Way): string {
  const file = join(folder, `melt ${way}`);
  const script = `#!${process.execPath}
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const shown = process.argv.slice(2, process.argv.indexOf('-consumer')).filter((one) => /^(in|out)=/.test(one)).map((one) => Number(one.split('=')[1]));
let count = 0;
for (let i = 0; i < shown.length; i += 2) count += shown[i + 1] - shown[i] + 1;
const project = readFileSync(process.argv.find((one) => one.endsWith('.mlt')), 'utf8');
const [width, height] = ['width', 'height'].map((name) => Number(new RegExp(' ' + name + '="(\\\\d+)"').exec(project)[1]));
const target = process.argv.find((one) => one.startsWith('avformat:')).slice('avformat:'.length);
const write = (frames) => writeFileSync(target, Buffer.concat(Array.from({ length: frames }, (_, i) => Buffer.alloc(2 * width * height, 16 + 7 * i))));
${ways[way]}
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return file;
}
