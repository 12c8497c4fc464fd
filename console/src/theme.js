/*
 * Light or dark before anything is painted: as chosen, else as the system says. A classic script, for
 * modules run too late and would let the page flash.
 */
(function () {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const set = () => {
    const chosen = localStorage.getItem('ward-theme');
    document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light';
    dispatchEvent(new Event('ward-theme'));
  };
  dark.addEventListener('change', set);
  addEventListener('ward-theme-chosen', set);
  set();
})();
