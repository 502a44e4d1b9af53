//! Mistakes in the structure of a program: steps, arms and parts of lines, in the one style.

use std::ops::Range;

use tidegate_compiler::analysis::{Analysis, Inputs};
use tidegate_compiler::hir::Space;
use tidegate_diagnostics::SourceId;

use super::blocks::{Inside, Node, nodes};
use super::kinds::Kind;
use super::mutant::Mutant;

/// Every mistake of structure in a program, but for those in tests.
pub(crate) fn mistakes(analysis: &Analysis, inputs: &Inputs) -> Vec<Mutant> {
    let shown = Shown::of(analysis);
    let sources = inputs.sources.iter();
    sources
        .flat_map(|(source, its)| {
            let text = &its.text;
            let nodes = nodes(text);
            let cut = Cut { source, text, nodes: &nodes };
            let mut all = cut.lines();
            all.extend(cut.swapped());
            all.extend(nodes.iter().filter_map(|node| cut.shown(node, &shown)).flatten());
            all
        })
        .collect()
}

/// What must not be shown to just anybody.
struct Shown {
    salesforce: Vec<String>,
    private: Vec<String>,
}

impl Shown {
    fn of(analysis: &Analysis) -> Self {
        let attributes = analysis.program.attributes.iter();
        let private = attributes.filter(|its| its.private).map(|its| its.path()).collect();
        let name = analysis.attribute(Space::Person, "LastName");
        let salesforce = name.map(|(_, its)| its.path()).into_iter().collect();
        Self { salesforce, private }
    }
}

struct Cut<'t> {
    source: SourceId,
    text: &'t str,
    nodes: &'t [Node],
}

impl Cut<'_> {
    fn mutant(&self, kind: Kind, at: Range<usize>, instead: impl Into<String>) -> Mutant {
        Mutant { kind, source: self.source, at, instead: instead.into() }
    }

    fn lines(&self) -> Vec<Mutant> {
        let mut all = Vec::new();
        for node in self.nodes {
            let gone = |kind| self.mutant(kind, node.at.clone(), "");
            match node.among {
                Inside::Arms if node.is_arm() => all.push(gone(Kind::Arm)),
                Inside::Buttons if node.is_arm() => all.push(gone(Kind::Button)),
                Inside::Parts if node.head.starts_with("file ") => all.push(gone(Kind::FileLine)),
                Inside::Parts if optional(node) => all.push(gone(Kind::OptionalOutcome)),
                Inside::Parts if node.is_arm() => all.push(gone(Kind::Outcome)),
                Inside::Steps if node.head.starts_with("set ") => all.push(gone(Kind::OtherSet)),
                _ => {}
            }
            let line = node.at.start..node.at.start + self.first_line(node).len();
            all.extend(self.parts(node, line));
        }
        all
    }

    fn first_line(&self, node: &Node) -> &str {
        self.text[node.at.clone()].lines().next().unwrap_or_default()
    }

    fn parts(&self, node: &Node, line: Range<usize>) -> Vec<Mutant> {
        let (mut all, text) = (Vec::new(), &self.text[line.clone()]);
        let mut without = |kind, part: &str| {
            let found = text.match_indices(part).map(|(at, _)| line.start + at);
            all.extend(found.map(|at| self.mutant(kind, at..at + part.len(), "")));
        };
        if node.among != Inside::Steps {
            let of_file = node.head.starts_with("file ");
            let kind = if of_file { Kind::FileRequired } else { Kind::Required };
            without(kind, " required");
        }
        for (at, test) in text.match_indices(" is set and ") {
            let path = text[..at].rsplit([' ', '(']).next().unwrap_or_default();
            without(Kind::IsSet, &format!("{path}{test}"));
        }
        for (at, _) in text.match_indices(" ?? ") {
            without(Kind::Fallback, &text[at..at + 4 + operand(&text[at + 4..])]);
        }
        let limits = text.match_indices(" | first ").map(|(at, pipe)| {
            let digits = text[at + pipe.len()..].find(|letter: char| !letter.is_ascii_digit());
            &text[at..digits.map_or(text.len(), |end| at + pipe.len() + end)]
        });
        limits.for_each(|pipe| without(Kind::Template, pipe));
        if matches!(node.item.as_str(), "push") && text.contains(" = \"") && text.ends_with('"') {
            let long = " {conversation.Description ?? \"\"}";
            all.push(self.mutant(Kind::Template, line.end - 1..line.end - 1, long));
        }
        all.extend(self.decimal(node, text, line.start));
        all.extend(self.formula(node, text, line.start));
        all
    }

    fn decimal(&self, node: &Node, text: &str, start: usize) -> Option<Mutant> {
        let at = text.find(": decimal(").filter(|_| node.item == "data")?;
        let end = at + text[at..].find(')')?;
        Some(self.mutant(Kind::Decimal, start + at..start + end + 1, ": decimal(18, 8)"))
    }

    /// What the line writes is a formula or a number that the org gives.
    fn formula(&self, node: &Node, text: &str, start: usize) -> Option<Mutant> {
        let place = text.split(" = ").next().filter(|place| place.len() < text.len())?;
        let (name, instead) = match (node.item.as_str(), node.among) {
            ("push", _) => (place.trim_start().trim_start_matches("always "), "CaseNumber"),
            ("workflow", Inside::Steps) => {
                (place.trim_start().strip_prefix("set ")?, "conversation.CaseNumber")
            }
            _ => return None,
        };
        let at = start + place.len() - name.len();
        Some(self.mutant(Kind::Formula, at..at + name.len(), instead))
    }

    fn swapped(&self) -> Vec<Mutant> {
        let steps: Vec<&Node> = self
            .nodes
            .iter()
            .filter(|node| node.among == Inside::Steps)
            .filter(|node| !node.head.starts_with("on ") && !node.head.starts_with("defaults "))
            .collect();
        let mut all = Vec::new();
        for (at, one) in steps.iter().enumerate() {
            let Some(next) = steps[at + 1..].iter().find(|next| next.block == one.block) else {
                continue;
            };
            let between = &self.text[one.at.end..next.at.start];
            let (first, second) = (&self.text[one.at.clone()], &self.text[next.at.clone()]);
            let turned = format!("{second}{between}{first}");
            all.push(self.mutant(Kind::Swapped, one.at.start..next.at.end, turned));
        }
        all
    }

    /// Before the first step of a workflow that begins a conversation.
    fn shown(&self, node: &Node, shown: &Shown) -> Option<Vec<Mutant>> {
        let begins = node.item == "workflow" && node.head.starts_with("on ");
        let at = begins.then_some(node.at.end..node.at.end)?;
        let say = |kind, path: &String, with: &str| {
            self.mutant(kind, at.clone(), format!("  say \"{{{path}{with}}}\"\n"))
        };
        let salesforce = shown.salesforce.iter().map(|path| say(Kind::Shown, path, ""));
        let private = shown.private.iter().map(|path| say(Kind::Private, path, " ?? \"-\""));
        Some(salesforce.chain(private).collect())
    }
}

/// Arms that no `create case` needs: the Case is made, and the customer told so, without them.
fn optional(node: &Node) -> bool {
    ["created", "delayed", "rejected"].iter().any(|outcome| node.head.starts_with(outcome))
}

/// How far what stands behind `??` goes.
fn operand(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut in_text = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => in_text = !in_text,
            '(' | '[' if !in_text => depth += 1,
            ')' | ']' | '}' if !in_text && depth == 0 => return at,
            ')' | ']' if !in_text => depth -= 1,
            ' ' if !in_text && depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}
