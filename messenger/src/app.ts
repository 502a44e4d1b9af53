import { Api } from "./protocol/api.ts";
import { alone, embedded, embedder } from "./session/host.ts";
import { Session } from "./session/session.ts";
import { Vault } from "./session/storage.ts";
import { dress, readSettings } from "./settings.ts";
import { Chat } from "./view/chat.ts";
import "./view/choices.ts";
import "./view/composer.ts";
import "./view/form-card.ts";
import "./view/sign-in.ts";

const settings = readSettings(location.search);
dress(document.documentElement, location.search);
document.title = settings.title;

const chat = document.querySelector("tide-chat");
if (!(chat instanceof Chat)) throw new Error("The page has no place for the chat");

const origin = embedder(settings.host);
const host =
  origin === undefined
    ? alone
    : embedded(origin, {
        shown: (visible, visit) => {
          session.shown(visible);
          if (visible) session.begin(visit);
          if (visible) chat.focus();
        },
        forget: () => void session.forget(),
        identified: () => session.identified(),
        visit: (after) => session.visit(after),
      });
const session = new Session(settings.messenger, new Api(location.origin), new Vault(settings.messenger, settings.storage), host, () =>
  chat.requestUpdate(),
);

document.documentElement.dataset["embedded"] = String(origin !== undefined);
chat.settings = settings;
chat.session = session;
chat.embedded = origin !== undefined;
// What comes from now on is unread, also before the page that embeds us has said that we are hidden.
chat.close = () => {
  session.shown(false);
  host.close();
};
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && origin !== undefined) chat.close();
});
chat.requestUpdate();

if (settings.waits && origin !== undefined) host.waiting();
else session.begin();
