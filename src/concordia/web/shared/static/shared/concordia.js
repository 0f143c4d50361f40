// Small comforts on top of pages that work without them. Nothing here decides or stores anything.
// htmx puts answers of this very server into the page; only a default policy lets it. Scripts in them stay
// powerless: they lack the nonce of the page.
window.trustedTypes?.createPolicy("default", { createHTML: (text) => text });

for (const problem of document.querySelectorAll("[data-focus]")) problem.focus();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    button.textContent = button.dataset.copied ?? "✓";
  });
}

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}

for (const select of document.querySelectorAll(".hats select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

const search = document.querySelector("[data-search]");
document.addEventListener("keydown", (event) => {
  const typing = /^(input|textarea|select)$/i.test(event.target.tagName);
  if (event.key === "/" && search && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    search.focus();
  }
});
