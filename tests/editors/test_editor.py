"""The language server as pytest-lsp's client meets it: a client of others, over standard input and output."""

import shutil
from os import environ
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

ROOT = Path(__file__).parents[2]
BINARY = environ.get("TIDEGATE") or str(ROOT / "target/debug/tidegate")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "examples/support", tmp_path / "support"))


@pytest_lsp.fixture(
    params=["visual-studio-code", "neovim", "emacs"],
    config=ClientServerConfig(server_command=[BINARY, "lsp"]),
)
async def client(request, lsp_client: LanguageClient, project: Path):
    lsp_client.project = project
    lsp_client.asked_for = []
    lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)(
        lambda params: lsp_client.asked_for.extend(params.registrations)
    )
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(request.param),
            workspace_folders=[types.WorkspaceFolder(uri=project.as_uri(), name="support")],
        )
    )
    yield
    await lsp_client.shutdown_session()


def address(client: LanguageClient, name: str) -> str:
    return (client.project / name).as_uri()


def position(text: str, wanted: str, into: int = 0) -> types.Position:
    before = text[: text.index(wanted) + into]
    return types.Position(line=before.count("\n"), character=len(before) - (before.rfind("\n") + 1))


async def shown(client: LanguageClient, uri: str, version: int | None):
    """What is shown of a version of a document."""
    while True:
        told = await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        if told.uri == uri and told.version == version:
            return told.diagnostics


async def opened(client: LanguageClient, name: str, change=lambda text: text):
    """Opens a file, and gives its text and what is shown of it."""
    text = change((client.project / name).read_text())
    uri = address(client, name)
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(
            types.TextDocumentItem(uri=uri, language_id="tide", version=1, text=text)
        )
    )
    return text, await shown(client, uri, 1)


def about(client, name, text, wanted, into=0):
    return {
        "text_document": types.TextDocumentIdentifier(address(client, name)),
        "position": position(text, wanted, into),
    }


async def test_what_is_wrong_is_shown_with_its_page(client):
    _, (found,) = await opened(client, "billing.tide", lambda text: text.replace("Priority", "Prioritty"))
    assert found.code == "E0203" and found.severity == types.DiagnosticSeverity.Error
    assert found.code_description.href.endswith("/diagnostics/pages/E0203.md")
    assert "help: write `Priority`" in found.message


async def test_a_fix_mends_it(client):
    _, found = await opened(client, "billing.tide", lambda text: text.replace("Priority", "Prioritty"))
    uri = address(client, "billing.tide")
    (action,) = await client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uri),
            range=found[0].range,
            context=types.CodeActionContext(diagnostics=found),
        )
    )
    assert action.title == "Write `Priority`" and action.is_preferred
    edit = action.edit.document_changes[0].edits[0] if action.edit.document_changes else action.edit.changes[uri][0]
    assert edit.new_text == "Priority"
    version = types.VersionedTextDocumentIdentifier(version=2, uri=uri)
    change = types.TextDocumentContentChangePartial(range=edit.range, text=edit.new_text)
    client.text_document_did_change(types.DidChangeTextDocumentParams(version, [change]))
    assert not await shown(client, uri, 2)


async def test_files_that_are_not_open_count_when_they_change(client):
    await opened(client, "billing.tide")
    pushes, uri = client.project / "pushes.tide", address(client, "pushes.tide")
    pushes.write_text(pushes.read_text().replace("Tier_1", "Tier_7"))
    change = types.FileEvent(uri=uri, type=types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
    (found,) = await shown(client, uri, None)
    assert found.code == "E0406"
    workspace = client.capabilities.workspace
    watched = workspace and workspace.did_change_watched_files
    assert len(client.asked_for) == int(bool(watched and watched.dynamic_registration))


async def test_names_are_told_found_and_changed(client):
    text, _ = await opened(client, "pushes.tide")
    hover = await client.text_document_hover_async(
        types.HoverParams(**about(client, "pushes.tide", text, "conversation.urgency", 15))
    )
    assert "data of the project's own" in hover.contents.value
    (declared,) = await client.text_document_definition_async(
        types.DefinitionParams(**about(client, "pushes.tide", text, "conversation.urgency", 15))
    )
    assert declared.uri.endswith("/fields.tide")
    used = await client.text_document_references_async(
        types.ReferenceParams(
            context=types.ReferenceContext(include_declaration=True),
            **about(client, "pushes.tide", text, "open_case"),
        )
    )
    assert {Path(its.uri).name for its in used} == {"pushes.tide", "support.tide", "tests.tide"}
    edit = await client.text_document_rename_async(
        types.RenameParams(new_name="new_case", **about(client, "pushes.tide", text, "open_case"))
    )
    assert len(edit.document_changes or edit.changes) == 3
    symbols = await client.text_document_document_symbol_async(
        types.DocumentSymbolParams(types.TextDocumentIdentifier(address(client, "pushes.tide")))
    )
    assert [its.name for its in symbols] == ["resolved_case", "open_case"]


async def test_what_fits_is_offered_in_a_file_that_is_not_finished(client):
    text, _ = await opened(client, "billing.tide", lambda text: text + '\nworkflow w {\n  set conversation.Priority = "')
    offered = await client.text_document_completion_async(
        types.CompletionParams(
            text_document=types.TextDocumentIdentifier(address(client, "billing.tide")),
            position=types.Position(line=text.count("\n"), character=len(text.splitlines()[-1])),
        )
    )
    assert [its.label for its in offered] == ["High", "Medium", "Low"]


async def test_the_style_is_one(client):
    text, _ = await opened(client, "billing.tide", lambda text: text.replace("  say", "        say"))
    edits = await client.text_document_formatting_async(
        types.DocumentFormattingParams(
            text_document=types.TextDocumentIdentifier(address(client, "billing.tide")),
            options=types.FormattingOptions(tab_size=2, insert_spaces=True),
        )
    )
    (edit,) = edits
    assert edit.new_text.startswith("    say")
