// The theme's own controls get the names that a screen reader needs.
document.addEventListener("DOMContentLoaded", () => {
  for (const control of document.querySelectorAll(".search-button-field, details.hide > summary")) {
    control.removeAttribute("aria-label"); // their words say it
  }
  for (const fold of document.querySelectorAll("nav details > summary")) {
    const link = fold.parentElement.parentElement.querySelector("a");
    fold.setAttribute("aria-label", `Pages below ${link ? link.textContent.trim() : "this one"}`);
  }
});
