import { BASE_STYLE } from './base-style.js';
import { Markup, markup } from './markup.js';
import { THEME_BUTTON, THEME_SCRIPT } from './theme.js';

export interface Page {
  readonly title: string;
  /** Behind the styles that all pages have. */
  readonly style: string;
  readonly body: Markup;
  /** Each in a script element of its own: one that fails takes no other with it. */
  readonly scripts: readonly string[];
}

/** A page of one file, which can load nothing from anywhere. */
export function pageHtml({ title, style, body, scripts }: Page): string {
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<style>${new Markup(BASE_STYLE + style)}</style>
</head>
<body>
${THEME_BUTTON}
${body}
${[THEME_SCRIPT, ...scripts].map((script) => markup`<script>${new Markup(script)}</script>\n`)}</body>
</html>
`;
  return page.text;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
