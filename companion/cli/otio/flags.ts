// The flags that commands on timelines have in common.
import type { Command } from 'commander';

/** Of every command that opens a timeline. */
export const reads = (command: Command): Command =>
  command
    .option('--from <format>', 'read as this format, whatever the name ends in')
    .option('--rate <fps>', 'frames a second of an EDL, which does not say: 25, 23.976, 24000/1001')
    .option('--json', 'one JSON object on stdout')
    .option('--verbose', 'with an error, where it came from');

/** Of every command that writes one. */
export const writes = (command: Command): Command =>
  command
    .option('--to <format>', 'write as this format, whatever the name ends in')
    .option('--profile <name>', 'for whom an .otio is written: otio|resolve|premiere|kdenlive|legacy')
    .option('--indent <spaces>', 'of an .otio; 0 writes it on one line (default: 4)')
    .option('--media-root <folder...>', 'where the media of a bundle may lie (default: the folder of the timeline)')
    .option('--force', 'replace a file that is there already')
    .option('--quiet', 'say nothing on stderr but errors');
