//! `let NAME = EXPR`: a value that never changes, known from its step to the end of its block.

use std::collections::BTreeSet;

use tidegate_diagnostics::codes;
use tidegate_plan::verify::MAX_LETS;

use crate::finding::Finding;
use crate::hir::{AttrId, Given, StepKind, Type};
use crate::lower::Lowering;
use crate::resolve::lets::blocks;
use crate::resolve::scope::Query;
use crate::resolve::suggest;
use crate::source::{ItemId, Range};
use crate::syntax::ast::{self, Block, Defaults, Name};
use crate::types::private::exposed;

/// Words that mean something else where a value is written.
const TAKEN: [&str; 19] = [
    "person",
    "conversation",
    "session",
    "blank",
    "now",
    "true",
    "false",
    "and",
    "or",
    "not",
    "if",
    "then",
    "else",
    "in",
    "is",
    "as",
    "contains",
    "matches",
    "let",
];

/// The values of `let` while a workflow is lowered.
#[derive(Debug, Default)]
pub(crate) struct Lets {
    /// Those that are known where the lowering is.
    known: Vec<Known>,
    /// Those whose block has ended.
    past: Vec<(String, Range)>,
    /// Names that were read before they are given; reported.
    too_early: Vec<String>,
    given: Vec<Given>,
    /// Whether a step was not understood, which may read any of them.
    unclear: bool,
}

#[derive(Debug)]
struct Known {
    name: String,
    attr: AttrId,
    at: Range,
    ty: Type,
    private: bool,
    read: bool,
}

impl Lets {
    /// Enters a block; to be given back when it is left.
    pub(super) fn enter(&self) -> usize {
        self.known.len()
    }

    /// The value of a name, which somebody reads.
    pub(super) fn read(&mut self, name: &str) -> Option<AttrId> {
        let found = self.known.iter_mut().rev().find(|known| known.name == name)?;
        found.read = true;
        Some(found.attr)
    }

    /// Whether a step of the workflow was not understood: it may have given any name.
    pub(super) fn are_unclear(&self) -> bool {
        self.unclear
    }

    /// Notes that a name is read where it is not known.
    pub(super) fn read_too_early(&mut self, name: &str) {
        self.too_early.push(name.to_owned());
    }

    /// Whether a name is known here.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.known.iter().any(|known| known.name == name)
    }

    /// The type of a value that is known here.
    pub(crate) fn ty(&self, attr: AttrId) -> Option<&Type> {
        self.known.iter().find(|known| known.attr == attr).map(|known| &known.ty)
    }

    /// Whether a value that is known here is private.
    pub(super) fn is_private(&self, attr: AttrId) -> bool {
        self.known.iter().any(|known| known.attr == attr && known.private)
    }

    /// The name that is written most alike.
    pub(super) fn nearest(&self, name: &str) -> Option<String> {
        let names = self.known.iter().map(|known| known.name.as_str());
        suggest::closest(name, names).map(str::to_owned)
    }

    pub(super) fn take_given(&mut self) -> Vec<Given> {
        std::mem::take(&mut self.given)
    }
}

impl Lowering<'_> {
    /// Looks at a workflow's steps before they are lowered.
    pub(super) fn knows_lets(&mut self, body: &Block, defaults: Option<&Defaults>) {
        let arms = defaults.into_iter().flat_map(|defaults| &defaults.arms).map(|arm| &arm.body);
        let mut open: Vec<&Block> = std::iter::once(body).chain(arms).collect();
        let mut gives = false;
        while let Some(block) = open.pop() {
            for step in &block.steps {
                gives |= matches!(step.kind, ast::StepKind::Let { .. });
                self.lets.unclear |= matches!(step.kind, ast::StepKind::Unknown);
                open.extend(blocks(step));
            }
        }
        if gives {
            self.uses(Query::Lets(self.item));
        }
    }

    /// Forgets what a block gave; reports what nothing read.
    pub(super) fn leave_block(&mut self, around: usize) {
        for known in self.lets.known.split_off(around) {
            if !known.read && !self.lets.unclear && known.ty != Type::Error {
                let message = format!("nothing reads `{}`", known.name);
                self.report(
                    Finding::new(codes::LET_UNUSED, self.at(known.at), message)
                        .help("take the step out, or use the value in the steps behind it"),
                );
            }
            self.lets.past.push((known.name, known.at));
        }
    }

    /// `let NAME = EXPR`
    pub(super) fn give(&mut self, name: &Name, value: &ast::Expr, id: &str) -> StepKind {
        let value = self.infer(value);
        let slot = self.scope.declared.lets.get(&(self.item, name.range.start)).copied();
        let usable = !name.is_missing() && self.can_be_called(name);
        let Some(attr) = slot.filter(|_| usable) else { return StepKind::Error };
        if self.lets.given.len() == MAX_LETS {
            self.one_too_many(name);
        }
        let ty = self.type_to_keep(name, &value.ty, value.range);
        let private = exposed(&value, &|attr| self.is_private(attr)).is_some();
        self.lets.given.push(Given { attr, step: id.to_owned(), ty: ty.clone(), private });
        let (name, at) = (name.text.clone(), name.range);
        let read = self.lets.too_early.contains(&name);
        self.lets.known.push(Known { name, attr, at, ty, private, read });
        StepKind::Let { attr, value }
    }

    /// Whether a value is for nobody's eyes.
    fn is_private(&self, attr: AttrId) -> bool {
        self.scope.attribute(attr).private || self.lets.is_private(attr)
    }

    /// Told once a workflow.
    fn one_too_many(&mut self, name: &Name) {
        let message = format!("the workflow gives more than {MAX_LETS} values by `let`");
        self.report(
            Finding::new(codes::BEYOND_LIMITS, self.at(name.range), message)
                .label(format!("one more than {MAX_LETS}"))
                .help("give some of the steps a workflow of their own, and `run` it"),
        );
    }

    fn type_to_keep(&mut self, name: &Name, ty: &Type, range: Range) -> Type {
        if *ty == Type::Blank {
            let message = format!("`{}` would be blank whatever happens", name.text);
            self.report(
                Finding::new(codes::WRONG_TYPE, self.at(range), message)
                    .help("write `blank` where it is meant; a `let` keeps a value for later"),
            );
            return Type::Error;
        }
        ty.clone()
    }

    /// Whether a name can be had here; reports one that can't.
    fn can_be_called(&mut self, name: &Name) -> bool {
        let at = self.at(name.range);
        let written = name.text.as_str();
        if let Some((space, attribute)) = written.split_once('.') {
            let message = format!("`{written}` is no name for a value of this block");
            let known = matches!(space, "person" | "conversation" | "session");
            let finding = Finding::new(codes::LET_NAME, at, message);
            self.report(if known && !attribute.is_empty() {
                finding.help(format!(
                    "write `let {attribute} = …` for a value that stays in this block, or \
                     `set {written} = …` to change the attribute"
                ))
            } else {
                finding.help("give one word, such as `greeting`")
            });
            return false;
        }
        if TAKEN.contains(&written) {
            let message = format!("`{written}` means something else in Tide");
            self.report(
                Finding::new(codes::LET_NAME, at, message)
                    .help("give another name, such as `greeting`"),
            );
            return false;
        }
        let alike = |known: &&Known| known.name.eq_ignore_ascii_case(written);
        let Some(earlier) = self.lets.known.iter().rev().find(alike) else { return true };
        let same = earlier.name == written;
        let place = self.at(earlier.at);
        let finding = if same {
            Finding::new(codes::DECLARED_TWICE, at, format!("`{written}` has a value already"))
                .help("a `let` never changes: give this value another name")
        } else {
            let message = format!("`{written}` and `{}` differ only by case", earlier.name);
            Finding::new(codes::SAME_BUT_CASE, at, message)
                .help("give one of them a name that cannot be mistaken for the other")
        };
        self.report(finding.also(place, format!("`{}` is given here", earlier.name)));
        // What follows means one of the two; that is not told again.
        self.lets.read(written);
        !same
    }

    /// A name that a `let` of another workflow gives.
    pub(super) fn let_of_another(&mut self, name: &Name) -> Option<Finding> {
        let lets = &self.scope.declared.lets;
        let givers = lets.iter().filter(|(_, attr)| self.scope.attribute(**attr).name == name.text);
        let givers: BTreeSet<ItemId> = givers.map(|((item, _), _)| *item).collect();
        let workflows = self.scope.workflows.iter();
        let known = workflows.filter(|(_, (_, at))| givers.contains(&at.item));
        let known: Vec<&String> = known.map(|(workflow, _)| workflow).collect();
        let (first, others) = known.split_first()?;
        known.iter().for_each(|one| self.uses(Query::Workflow((*one).clone())));
        let also = match others.len() {
            0 => String::new(),
            _ => format!(" and {} more", others.len()),
        };
        let message =
            format!("`{}` is known only in `{first}`{also}, where a `let` gives it", name.text);
        Some(Finding::new(codes::LET_OUT_OF_REACH, self.at(name.range), message).help(
            "what is to be known in a push or in another workflow is an attribute: declare it \
                 in `data conversation { … }`, and give it with `set`",
        ))
    }

    /// A name that a `let` gives, though not for here.
    pub(super) fn let_out_of_reach(&self, name: &Name) -> Option<Finding> {
        let at = self.at(name.range);
        let past = self.lets.past.iter().rev().find(|(past, _)| *past == name.text);
        if let Some((_, given)) = past {
            let message = format!("`{}` is not known here: its block has ended", name.text);
            return Some(
                Finding::new(codes::LET_OUT_OF_REACH, at, message)
                    .also(self.at(*given), "it is known from here to the end of its block")
                    .help(
                        "move the `let` in front of the block, or keep the value in an attribute \
                         of `data conversation { … }`",
                    ),
            );
        }
        let lets = self.scope.declared.lets.range((self.item, 0)..);
        let own = lets.take_while(|((item, _), _)| *item == self.item);
        let later = own.map(|(_, attr)| self.scope.attribute(*attr));
        let mut later = later.filter(|attribute| attribute.name == name.text);
        let given = later.find_map(|attribute| attribute.declared)?;
        let message = format!("`{}` is not known here yet", name.text);
        Some(
            Finding::new(codes::LET_OUT_OF_REACH, at, message)
                .also(given, "it is known from here on")
                .help("move the `let` in front of the first step that reads it"),
        )
    }
}
