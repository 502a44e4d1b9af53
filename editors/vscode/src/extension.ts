import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

/** Starts the language server that `tidegate.path` names, and tells what to do where it cannot. */
async function start(): Promise<void> {
  const command = vscode.workspace.getConfiguration("tidegate").get<string>("path") || "tidegate";
  const server: ServerOptions = { command, args: ["lsp"] };
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "tide", scheme: "file" },
      { language: "tide", scheme: "untitled" },
    ],
  };
  const starting = new LanguageClient("tidegate", "Tidegate", server, options);
  try {
    await starting.start();
    client = starting;
  } catch (error) {
    const settings = "Open the settings";
    const chosen = await vscode.window.showErrorMessage(
      `The command \`${command}\` cannot be started as the language server: ${String(error)}. ` +
        "Install Tidegate, or say in `tidegate.path` where it is.",
      settings,
    );
    if (chosen === settings) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "tidegate.path");
    }
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand("tidegate.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("tidegate.path")) void restart();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}
