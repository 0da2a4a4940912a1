// Reads the code in a photo of a certificate, where the browser itself can. The photo never leaves the device.
// Without a script, or without such a browser, the page says how to scan with the phone's camera.

const place = document.querySelector("[data-scan]");
const said = place?.querySelector("[role=status]");

async function canRead() {
  return "BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

async function codesIn(photo) {
  try {
    const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(photo));
    return found.map((one) => one.rawValue);
  } catch {
    return []; // not a picture, or one that cannot be drawn
  }
}

/** The address of the answer when the code is one of ours, null for any other. */
function ours(text) {
  const address = URL.canParse(text) ? new URL(text) : null;
  const number = address?.origin === location.origin && address.pathname.match(/^\/c\/([A-Z0-9-]{5,20})$/)?.[1];
  return number ? `/verify/${number}` : null;
}

async function read(photo) {
  const codes = await codesIn(photo);
  const answer = codes.map(ours).find(Boolean);
  if (answer) {
    said.textContent = place.dataset.found;
    location.assign(answer);
  } else {
    said.textContent = codes.length ? `${place.dataset.elsewhere} ${codes[0].slice(0, 200)}` : place.dataset.none;
  }
}

if (place && (await canRead())) {
  place.hidden = false;
  place.querySelector("input").addEventListener("change", async ({ target }) => {
    if (target.files[0]) await read(target.files[0]);
    target.value = ""; // so that the same photo may be tried again
  });
}
