import { type Document, isScalar } from 'yaml';
import { positionOf, SourceDocument } from './document.js';
import { unplain } from './plain-yaml.js';
import { type ProblemCode, Problems } from './problems.js';
import { parseYaml } from './yaml-text.js';

type Report = (code: ProblemCode, offset: number, key: string, message: string) => void;

/** Reads a file's text; throws with everything that makes it no plain YAML data. */
export function readDocument(text: string, file: string): SourceDocument {
  const problems = new Problems();
  const yaml = parseYaml(text);
  const report: Report = (code, offset, key, message) => {
    problems.add({ code, key, text: message, where: { position: positionOf(file, yaml.lines, offset) } });
  };
  if ('tooDeepAt' in yaml) {
    report('SCENARIO_YAML', yaml.tooDeepAt, '', 'the file is nested too deeply');
    return problems.throwAll();
  }
  checkSyntax(yaml.document, text, report);
  if (yaml.secondAt !== null) {
    report('SCENARIO_YAML', yaml.secondAt, '', 'the file holds a second document; a scenario is one');
  }
  problems.throwIfAny();
  for (const { code, offset, key, text: words } of unplain(yaml.document)) report(code, offset, key, words);
  problems.throwIfAny();
  return new SourceDocument(file, yaml.document, yaml.lines);
}

function checkSyntax(document: Document, text: string, report: Report): void {
  for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
    if (code === 'DUPLICATE_KEY') {
      const key = /^[^\s:,{}]+/.exec(text.slice(pos[0]))?.[0] ?? '';
      report('SCENARIO_KEY', pos[0], key, `the key \`${key}\` stands here a second time`);
    } else {
      report('SCENARIO_YAML', pos[0], '', `this is not valid YAML: ${message.split('\n')[0]}`);
    }
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    report('SCENARIO_FILE', 0, '', 'the scenario is empty; it needs at least `version`, `name` and `jobs`');
  }
}
