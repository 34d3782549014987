// Whether one file can stand for all the modules it was bundled from. A module that asks where it
// lies, to read what lies beside it, was told the bundle's place instead of its own; one that loads
// by a name made while running finds nothing of what was left out.
//
// The bundler names each module in a line before it: `// supabase/functions/shop/index.ts`. Where a
// text only looks like such code the answer is a reason too: the function then starts slower, and
// runs all the same.
import { dirname } from 'node:path';

const MODULE = /^\/\/ (\S+)$/;

// The bundle lies where modules of the function's own folder lay: what they ask for is there.
const PLACE_IN_OWN_FOLDER = /\bimport\.meta\b(?!\.(?:main|env|url|dirname|filename)\b)|\bnew Worker\(/;
const PLACE = /\bimport\.meta\b(?!\.(?:main|env)\b)/;
const OLD_PLACE = /(?<![\w$.'"])__(?:dirname|filename)\b/;
const REQUIRE = /\bcreateRequire\b|\b__require\d*\((?!["'][^."'/])|\b__require\d*\.resolve\b/;
const COMPUTED = /(?<![\w$.'"`])import\((?!\s*["')])/;
const METHOD = /^\s*(?:async )?import\([^()]*\) \{$/;

/// Why a bundle does not do, in words; empty when it does.
///
/// `home` is the folder of the function's own modules that the bundle takes the place of.
export function reasonAgainst(bundle, home) {
  let module = '';
  let own = false;
  for (const line of bundle.split('\n')) {
    const next = MODULE.exec(line);
    if (next) {
      module = next[1];
      own = dirname(module) === home;
    } else if (module) {
      const why = reason(line, own);
      if (why) {
        return `${named(module)} ${why}`;
      }
    }
  }
  return '';
}

function reason(line, own) {
  if ((own ? PLACE_IN_OWN_FOLDER : PLACE).test(line) || OLD_PLACE.test(line)) {
    return 'asks where it lies';
  }
  if (REQUIRE.test(line)) {
    return 'loads modules by require';
  }
  return COMPUTED.test(line) && !METHOD.test(line) ? 'imports by a computed name' : '';
}

function named(module) {
  const cached = /\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/([^/]+)\//.exec(module);
  return cached ? `npm:${cached[1]}@${cached[2]}` : module;
}
