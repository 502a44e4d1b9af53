//! `conversation.Reason`: an attribute by its path.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{AttrId, Origin, Space};
use crate::lower::Lowering;
use crate::resolve::declarations::space_word;
use crate::resolve::scope::Query;
use crate::resolve::suggest;
use crate::source::Loc;
use crate::syntax::ast::{Name, Path};

const SPACES: [Space; 3] = [Space::Person, Space::Conversation, Space::Session];

impl Lowering<'_> {
    /// The attribute of a path; reports one that is not there.
    pub(crate) fn attribute(&mut self, path: &Path) -> Option<AttrId> {
        match path.parts.as_slice() {
            [] => None,
            parts if parts.iter().any(Name::is_missing) => None,
            [only] => {
                let found = self.lets.read(&only.text);
                if found.is_none() {
                    self.bare_word(only);
                }
                found
            }
            [space, name] => {
                let space = self.space(space)?;
                self.uses(Query::Attribute(space, name.text.clone()));
                let found = self.scope.find(space, &name.text);
                if found.is_none() && !self.is_reported(space, &name.text) {
                    let finding = self.unknown_attribute(space, name);
                    self.report(finding);
                }
                found
            }
            [space, rest @ ..] => {
                let space = self.space(space)?;
                self.parent_path(space, rest, path);
                None
            }
        }
    }

    /// Whether a name is lacking because of an error that has been reported.
    fn is_reported(&self, space: Space, name: &str) -> bool {
        let declared = self.scope.declared;
        declared.broken.contains(&space) || declared.failed.contains(&(space, name.to_owned()))
    }

    fn space(&mut self, name: &Name) -> Option<Space> {
        let found = SPACES.into_iter().find(|space| space_word(*space) == name.text);
        if found.is_none() {
            let at = self.at(name.range);
            let near = match name.text.as_str() {
                "case" | "Case" | "ticket" => Some("conversation"),
                "contact" | "Contact" | "customer" | "user" | "visitor" => Some("person"),
                other => suggest::closest(other, SPACES.map(space_word)),
            };
            let finding = Finding::new(
                codes::UNKNOWN_NAMESPACE,
                at,
                format!("`{}` holds no attributes", name.text),
            );
            self.report(match near {
                Some(near) => finding
                    .help(format!("did you mean `{near}`?"))
                    .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
                None => finding.help("attributes are in `person`, `conversation` and `session`"),
            });
        }
        found
    }

    /// A word without a namespace.
    fn bare_word(&mut self, name: &Name) {
        self.uses(Query::AnyAttribute);
        let at = self.at(name.range);
        if let Some(finding) = self.let_out_of_reach(name) {
            self.lets.read_too_early(&name.text);
            return self.report(finding);
        }
        let homes: Vec<Space> = SPACES
            .into_iter()
            .filter(|space| self.scope.find(*space, &name.text).is_some())
            .collect();
        let finding =
            Finding::new(codes::UNKNOWN_NAMESPACE, at, format!("`{}` is no value", name.text));
        let ours = match name.text.as_str() {
            "null" | "nil" | "none" | "None" | "NULL" | "empty" => Some("blank"),
            "True" | "TRUE" | "yes" => Some("true"),
            "False" | "FALSE" | "no" => Some("false"),
            "today" | "NOW" | "Now" => Some("now"),
            _ => None,
        };
        let near = self.lets.nearest(&name.text).or_else(|| {
            let texts = self.scope.texts.keys().map(String::as_str);
            suggest::closest(&name.text, texts).map(str::to_owned)
        });
        if homes.is_empty()
            && near.is_none()
            && let Some(finding) = self.let_of_another(name)
        {
            return self.report(finding);
        }
        if homes.is_empty() && ours.is_none() && near.is_none() && self.lets.are_unclear() {
            return;
        }
        self.report(match homes.as_slice() {
            _ if near.is_some() => replace(finding, at, near.as_deref().unwrap_or_default()),
            [] if ours.is_some() => {
                let ours = ours.unwrap_or_default();
                finding
                    .help(format!("write `{ours}`"))
                    .fix(format!("write `{ours}`"), vec![(at, ours.to_owned())])
            }
            [space] => {
                let written = format!("{}.{}", space_word(*space), name.text);
                finding
                    .help(format!("write `{written}`"))
                    .fix(format!("write `{written}`"), vec![(at, written)])
            }
            [] => finding.help(format!(
                "write a text in quotes, `\"{}\"`, or an attribute with its group, such as \
                 `conversation.Subject`",
                name.text
            )),
            _ => finding.help(format!("write `person.{0}` or `conversation.{0}`", name.text)),
        });
    }

    /// A word without a namespace that is to be changed, where nothing at all has that name.
    pub(super) fn no_attribute(&mut self, name: &Name) -> Option<Finding> {
        self.uses(Query::AnyAttribute);
        let known = |space: &Space| self.scope.find(*space, &name.text).is_some();
        let word = name.text.as_str();
        let a_let = self.lets.knows(word) || self.let_out_of_reach(name).is_some();
        if name.is_missing() || a_let || SPACES.iter().any(known) {
            return None;
        }
        let message = format!("`{word}` is no attribute");
        Some(Finding::new(codes::UNKNOWN_NAMESPACE, self.at(name.range), message).help(format!(
            "write `let {word} = …` for a value that stays in this block, or an attribute with its \
             group, such as `conversation.Subject`"
        )))
    }

    fn unknown_attribute(&self, space: Space, name: &Name) -> Finding {
        let at = self.at(name.range);
        let word = space_word(space);
        let key = (space, name.text.clone());
        if let Some(removed) = self.scope.declared.removed.get(&key) {
            return Finding::new(
                codes::REMOVED_BY_EXCEPT,
                at,
                format!("`{word}.{}` was taken out by `except`", name.text),
            )
            .also(*removed, "it is taken out here")
            .help("remove the `except` line, or do without the field");
        }
        if let Some(alias) = self.scope.declared.renamed.get(&key) {
            return replace(
                Finding::new(
                    codes::RENAMED,
                    at,
                    format!("`{}` is called `{word}.{alias}` here", name.text),
                ),
                at,
                alias,
            );
        }
        if let Some(finding) = self.not_synced(space, name, at) {
            return finding;
        }
        self.did_you_mean(space, name, at)
    }

    /// A field of the mapped object which no line of the map syncs.
    fn not_synced(&self, space: Space, name: &Name, at: Loc) -> Option<Finding> {
        let object = self.object_of(space)?;
        let field = object.fields.get(&name.text)?;
        Some(
            Finding::new(
                codes::NOT_SYNCED,
                at,
                format!("the field `{}` of `{}` is not synced", field.name, object.name),
            )
            .help(format!(
                "add `sync {}` to `map {} to {}`",
                field.name,
                object.name,
                space_word(space)
            )),
        )
    }

    fn object_of(&self, space: Space) -> Option<&tidegate_schemas::catalog::Object> {
        let name = self.scope.declared.mapped.get(&space)?;
        self.scope.catalog.objects.get(name)
    }

    fn did_you_mean(&self, space: Space, name: &Name, at: Loc) -> Finding {
        let word = space_word(space);
        let declared = self.scope.declared;
        let finding = Finding::new(
            codes::UNKNOWN_ATTRIBUTE,
            at,
            format!("`{word}` has no attribute `{}`", name.text),
        );
        if space == Space::Session && name.text == "transcript" {
            let help = "a push says where the transcript goes: `transcript to file`";
            return finding.help(help);
        }
        let here = declared.attributes.iter().filter(|attribute| attribute.space == space);
        let same = here.clone().find(|its| suggest::same(&its.name, &name.text));
        let labelled = || here.clone().find(|its| suggest::says(&name.text, &its.label));
        let near = same
            .or_else(labelled)
            .map(|attribute| attribute.name.as_str())
            .or_else(|| suggest::closest(&name.text, here.clone().map(|its| its.name.as_str())));
        if let Some(near) = near {
            return replace(finding, at, near);
        }
        let elsewhere = SPACES
            .into_iter()
            .find(|other| *other != space && self.scope.find(*other, &name.text).is_some());
        if let Some(other) = elsewhere {
            return finding.help(format!("did you mean `{}.{}`?", space_word(other), name.text));
        }
        let guess = self.object_of(space).and_then(|object| suggest::field(object, &name.text));
        match guess {
            Some(guess) => finding.help(format!(
                "did you mean the field `{0}`? it is not synced: add `sync {0}` to the map",
                guess.name
            )),
            None if space == Space::Session => {
                let names: Vec<String> = declared
                    .attributes
                    .iter()
                    .filter(|attribute| attribute.space == space)
                    .map(|attribute| format!("`{}`", attribute.name))
                    .collect();
                finding.help(format!("it has {}", names.join(", ")))
            }
            None => {
                finding.help(format!("sync it in a `map`, or declare it in `data {word} {{ … }}`"))
            }
        }
    }

    /// `person.Account.Industry`: a parent field is known by its alias.
    fn parent_path(&mut self, space: Space, parts: &[Name], path: &Path) {
        self.uses(Query::AnyAttribute);
        let wanted: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        let declared = self.scope.declared;
        let known = declared.attributes.iter().find(|attribute| {
            attribute.space == space
                && matches!(&attribute.origin, Origin::Field { path, .. } if *path == wanted)
        });
        let at = self.at(path.range);
        let written = wanted.join(".");
        let finding = Finding::new(
            codes::PARENT_PATH,
            at,
            format!("`{written}` can be used only by the name that a map gives it"),
        );
        let word = space_word(space);
        self.report(match known {
            Some(attribute) => replace(finding, at, &format!("{word}.{}", attribute.name)),
            None => finding.help(format!("add `sync {written} as NAME` to the map to `{word}`")),
        });
    }
}

fn replace(finding: Finding, at: Loc, written: &str) -> Finding {
    finding
        .help(format!("write `{written}`"))
        .fix(format!("write `{written}`"), vec![(at, written.to_owned())])
}
