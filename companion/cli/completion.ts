// `inbetween --completion SHELL`: a script that lets a shell complete the words of the command, made of its declarations.
import type { Command } from 'commander';
import { CompanionError } from '../api/errors.ts';

export const shells = ['bash', 'zsh', 'fish', 'pwsh'] as const;
type Shell = (typeof shells)[number];

/** What may follow the words so far. */
interface Place {
  /** Words of the command so far, after `inbetween`. */
  readonly path: string;
  /** Commands and flags. */
  readonly next: readonly string[];
}

/** The script for a shell. @throws CompanionError USAGE for one that is not known */
export function completionFor(program: Command, shell: string | undefined): string {
  const known = shells.find((each) => each === shell);
  if (!known) {
    const reason = `--completion takes ${shells.join(', ')}${shell === undefined ? '' : `, not ${shell}`}.`;
    throw new CompanionError('USAGE', { reason });
  }
  return scripts[known](placesOf(program, ''));
}

function placesOf(command: Command, path: string): Place[] {
  const commands = command.commands.map((each) => each.name());
  const flags = command.options.flatMap(({ long }) => (long ? [long] : []));
  const below = command.commands.flatMap((each) =>
    placesOf(each, path === '' ? each.name() : `${path} ${each.name()}`),
  );
  return [{ path, next: [...commands, ...flags, '--help'] }, ...below];
}

/** Words of our commands are letters and dashes: they need no quoting in any shell. */
const scripts: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: (places) => `_inbetween() {
  local word=\${COMP_WORDS[COMP_CWORD]} path= each next
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$each" in
      ${patternOf(places)}) path="\${path:+$path }$each" ;;
    esac
  done
  case "$path" in
${places.map(({ path, next }) => `    "${path}") next="${next.join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$next" -- "$word"))
}
complete -o default -F _inbetween inbetween
`,
  zsh: (places) => `autoload -U +X bashcompinit && bashcompinit\n${scripts.bash(places)}`,
  fish: (places) =>
    places
      .flatMap(({ path, next }) => {
        const words = path.split(' ').filter((word) => word !== '');
        const deeper = places.filter(
          (each) => each.path.startsWith(path) && each.path.split(' ').length > words.length,
        );
        const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`);
        const below = [...new Set(deeper.map((each) => each.path.split(' ')[words.length]))].filter(Boolean);
        const when = [...seen, ...(below.length > 0 ? [`not __fish_seen_subcommand_from ${below.join(' ')}`] : [])];
        const on = when.length > 0 ? ` -n '${when.join('; and ')}'` : '';
        return next.map((word) =>
          word.startsWith('--')
            ? `complete -c inbetween${on} -l ${word.slice(2)}`
            : `complete -c inbetween${on} -a ${word}`,
        );
      })
      .join('\n')
      .concat('\n'),
  pwsh: (places) => `Register-ArgumentCompleter -Native -CommandName inbetween -ScriptBlock {
  param($word, $ast, $cursor)
  $places = @{
${places.map(({ path, next }) => `    '${path}' = '${next.join(' ')}'`).join('\n')}
  }
  $path = ''
  foreach ($each in $ast.CommandElements | Select-Object -Skip 1) {
    $longer = "$path $each".Trim()
    if ($places.ContainsKey($longer)) { $path = $longer }
  }
  $places[$path] -split ' ' | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_)
  }
}
`,
};

const patternOf = (places: readonly Place[]): string =>
  places.flatMap(({ path }) => (path === '' ? [] : [`"${path}"`])).join(' | ');
