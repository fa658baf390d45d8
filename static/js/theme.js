// Runs before the first paint. A choice made in this browser holds until the account's own setting changes.
(() => {
  const root = document.documentElement;
  let [saved, choice] = [];
  try {
    [saved, choice] = (localStorage.getItem("theme") || "").split(">");
  } catch {
    // Storage is blocked: the account's setting holds.
  }
  root.dataset.themeAccount = root.dataset.theme;
  if (choice && saved === root.dataset.theme) root.dataset.theme = choice;
})();
