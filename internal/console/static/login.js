// Tells the page around the frame how the login ended.
const main = document.querySelector("main");
if (main.dataset.origin) {
  parent.postMessage(JSON.parse(main.dataset.message), main.dataset.origin);
}
