// Has the browser ask its authenticator for a passkey, and sends the answer with the form. Without
// this file a code from the app or from paper is the way in.

const form = document.querySelector("form[data-passkey]");
const says = form.querySelector("[role=status]");
const OLD = "This browser is too old for passkeys. Update it, or use a code instead.";
const SENTENCES = {
  NotAllowedError: "No passkey was given. Press the button to try again, or use a code instead.",
  InvalidStateError: "This device holds a passkey of yours for this site already. Choose another one.",
  SecurityError: "The browser allows no passkey at this address. Use a code instead.",
};

function asked() {
  const options = JSON.parse(form.dataset.options);
  const isNew = form.dataset.passkey === "create";
  const read = isNew ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  const publicKey = window.PublicKeyCredential?.[read]?.(options);
  if (!publicKey) return null;
  return isNew ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
}

async function answer() {
  says.textContent = "Your browser asks for the passkey.";
  try {
    const given = await asked();
    if (!given) return (says.textContent = OLD);
    form.elements.credential.value = JSON.stringify(given);
    form.submit();
  } catch (error) {
    says.textContent = SENTENCES[error.name] ?? "The passkey could not be read. Use a code instead.";
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  answer();
});
says.textContent = "";
// The button before this page said so; after a refusal the person reads why, and presses it again.
if (form.dataset.passkey === "get" && !document.getElementById("errors")) answer();
