import { Markup } from './markup.js';

/** Light, dark, or as the system has it. Without a script it is as the system has it, and there is no button. */
export const THEME_BUTTON: Markup = new Markup(
  '<button id="theme" type="button" hidden aria-label="colours: as the system has them">auto</button>',
);

export const THEME_SCRIPT = `
{
  const button = document.getElementById('theme');
  const themes = ['auto', 'light', 'dark'];
  const titles = { auto: 'as the system has them', light: 'light', dark: 'dark' };
  button.addEventListener('click', () => {
    const theme = themes[(themes.indexOf(button.textContent) + 1) % themes.length];
    button.textContent = theme;
    button.setAttribute('aria-label', 'colours: ' + titles[theme]);
    document.documentElement.style.colorScheme = theme === 'auto' ? '' : theme;
  });
  button.hidden = false;
}
`;
