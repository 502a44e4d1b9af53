//! What steps do differently, step by step.

use std::collections::{BTreeMap, BTreeSet};

use super::chart::{ChartStep, Fact, To, chart};
use super::said::differences;
use super::{Area, Change, Sides, Subject};

type Chart = BTreeMap<String, ChartStep>;

/// The steps of both plans, and which of them are the same.
struct Pairs {
    old: Chart,
    new: Chart,
    /// New ids by old ones.
    same: BTreeMap<String, String>,
    /// New ids that have an old one.
    kept: BTreeSet<String>,
}

pub(super) fn compare(sides: &Sides<'_>, changes: &mut Vec<Change>) {
    let pairs = Pairs::of(chart(&sides.old), chart(&sides.new));
    compare_workflows(sides, changes);
    let gone = |step: &&ChartStep| !step.is_head() && !pairs.same.contains_key(&step.id);
    let fresh = |step: &&ChartStep| !step.is_head() && !pairs.kept.contains(&step.id);
    for step in pairs.old.values().filter(gone) {
        let place = sides.old.place(step.span);
        let change = Change::new(area(step), step.subject(), format!("{} is gone", step.words()));
        changes.push(step.shown_in(change, Change::gone).was_at(place));
    }
    for step in pairs.new.values().filter(fresh) {
        let place = sides.new.place(step.span);
        let change = Change::new(area(step), step.subject(), format!("{} is new", step.words()));
        changes.push(step.shown_in(change, Change::now).at(place));
    }
    for (old, new) in pairs.steps() {
        let place = sides.new.place(new.span);
        let mut found = facts(old, new);
        found.extend(pairs.leads(old, new));
        changes.extend(found.into_iter().map(|change| change.at(place.clone())));
    }
}

fn compare_workflows(sides: &Sides<'_>, changes: &mut Vec<Change>) {
    let names = |side: &super::Side<'_>| -> BTreeSet<String> {
        side.plan.workflows.iter().map(|workflow| workflow.name.clone()).collect()
    };
    let (old, new) = (names(&sides.old), names(&sides.new));
    let subject = |name: &String| Subject::Workflow(name.clone());
    for name in old.difference(&new) {
        changes.push(Change::new(Area::Begins, subject(name), "is gone"));
    }
    for name in new.difference(&old) {
        changes.push(Change::new(Area::Begins, subject(name), "is new"));
    }
}

/// What a step that is new or gone is about.
fn area(step: &ChartStep) -> Area {
    match step.word {
        "ask" | "choose" | "collect" => Area::Asked,
        "say" | "note" => Area::Said,
        "set" | "clear" | "let" => Area::Data,
        "create case" | "record case" => Area::Cases,
        _ => Area::Led,
    }
}

impl ChartStep {
    fn subject(&self) -> Subject {
        if self.is_head() {
            return Subject::Workflow(self.workflow.clone());
        }
        Subject::Step(self.id.clone())
    }

    fn is_head(&self) -> bool {
        self.id == self.workflow
    }

    fn words(&self) -> String {
        match self.word {
            "" => "the workflow".to_owned(),
            word => format!("`{word}`"),
        }
    }

    /// What it is about, shown in a change.
    fn shown_in(&self, change: Change, put: impl FnOnce(Change, String) -> Change) -> Change {
        const TELLING: [&str; 9] = [
            "text",
            "note",
            "question",
            "title",
            "lines",
            "value",
            "condition 1",
            "push",
            "workflow",
        ];
        let told = TELLING.iter().find_map(|name| self.facts.get(*name));
        match (told, self.facts.get("data")) {
            (Some(value), Some(data)) => {
                put(change, format!("{} = {}", data.said.shown, value.said.shown))
            }
            (Some(fact), None) | (None, Some(fact)) => put(change, fact.said.shown.clone()),
            (None, None) => change,
        }
    }

    /// What it does as it is compared, whatever its id and wherever it leads.
    fn likeness(&self) -> (&str, &'static str, Vec<(&String, &String)>) {
        let facts = self.facts.iter().map(|(name, fact)| (name, &fact.said.same));
        (&self.workflow, self.word, facts.collect())
    }
}

impl Pairs {
    /// By ids first; what is left, by doing the same in the same workflow.
    fn of(old: Chart, new: Chart) -> Self {
        let mut same: BTreeMap<String, String> = old
            .keys()
            .filter(|id| new.get(*id).is_some_and(|step| step.word == old[*id].word))
            .map(|id| (id.clone(), id.clone()))
            .collect();
        let taken: BTreeSet<String> = same.values().cloned().collect();
        let mut free: Vec<&ChartStep> =
            new.values().filter(|step| !taken.contains(&step.id) && !step.is_head()).collect();
        for step in old.values().filter(|step| !step.is_head() && !taken.contains(&step.id)) {
            let like = free.iter().position(|other| other.likeness() == step.likeness());
            if let Some(at) = like {
                same.insert(step.id.clone(), free.remove(at).id.clone());
            }
        }
        let kept = same.values().cloned().collect();
        Self { old, new, same, kept }
    }

    fn steps(&self) -> impl Iterator<Item = (&ChartStep, &ChartStep)> {
        self.same.iter().filter_map(|(old, new)| Some((self.old.get(old)?, self.new.get(new)?)))
    }

    /// Outcomes that are new, gone, or lead elsewhere.
    fn leads(&self, old: &ChartStep, new: &ChartStep) -> Vec<Change> {
        let mut found = Vec::new();
        let subject = new.subject();
        let gone = old.leads.iter().filter(|(name, _)| !new.leads.contains_key(*name));
        for (name, to) in gone.filter(|(name, _)| !is_told(name)) {
            let what = format!("{name} is no longer handled here");
            found.push(Change::new(Area::Led, subject.clone(), what).gone(to.words()));
        }
        for (name, to) in &new.leads {
            let Some(before) = old.leads.get(name) else {
                if !is_told(name) {
                    let what = format!("{name} is handled here now");
                    found.push(Change::new(Area::Led, subject.clone(), what).now(to.words()));
                }
                continue;
            };
            let earlier = self.frontier(before, &self.old, &|id| self.same.get(id).cloned());
            let later =
                self.frontier(to, &self.new, &|id| self.kept.contains(id).then(|| id.to_owned()));
            if earlier.is_disjoint(&later) {
                let what = match name.as_str() {
                    "next" => "goes on elsewhere".to_owned(),
                    name => format!("{name} leads elsewhere"),
                };
                let change = Change::new(Area::Led, subject.clone(), what);
                found.push(change.values(before.words(), to.words()));
            }
        }
        found
    }

    /// The first steps on the way that both plans have, under their new ids. Those that only one has
    /// are told as new or gone, and gone through here.
    fn frontier(
        &self,
        from: &To,
        chart: &Chart,
        kept: &dyn Fn(&str) -> Option<String>,
    ) -> BTreeSet<To> {
        let mut open = vec![from.clone()];
        let mut passed = BTreeSet::new();
        let mut found = BTreeSet::new();
        while let Some(to) = open.pop() {
            let To::Step(id) = &to else {
                found.insert(to);
                continue;
            };
            match (kept(id), chart.get(id)) {
                (Some(id), _) => {
                    found.insert(To::Step(id));
                }
                (None, Some(step)) if passed.insert(id.clone()) => {
                    if step.leads.is_empty() {
                        found.insert(To::End);
                    }
                    open.extend(step.leads.values().cloned());
                }
                _ => {}
            }
        }
        found
    }
}

/// Ways that are told by what the step does: its buttons, values and conditions.
fn is_told(name: &str) -> bool {
    name.starts_with("button ") || name.starts_with("condition ") || name == "next"
}

fn facts(old: &ChartStep, new: &ChartStep) -> Vec<Change> {
    let mut found = Vec::new();
    let names: BTreeSet<&String> = old.facts.keys().chain(new.facts.keys()).collect();
    for name in names {
        let (before, after) = (old.facts.get(name), new.facts.get(name));
        if hidden(name, old, new) {
            continue;
        }
        let Some(area) = after.or(before).map(|fact: &Fact| fact.area) else { continue };
        for one in differences(before.map(|fact| &fact.said), after.map(|fact| &fact.said)) {
            let what = one.words(fact_words(name, before, after));
            let mut change = Change::new(area, new.subject(), what);
            (change.before, change.after) = (one.before, one.after);
            found.push(change);
        }
    }
    found
}

/// What a fact about a line of a form is about: the line, and what of it.
fn of_line(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("line ")?.split_once(": ")
}

/// The rules of a line that is new or gone are told with its label, and so is another order.
fn hidden(name: &str, old: &ChartStep, new: &ChartStep) -> bool {
    let labels = |step: &ChartStep| -> BTreeSet<String> {
        let labels = step.facts.keys().filter_map(|name| of_line(name));
        labels.filter(|(_, what)| *what == "label").map(|(line, _)| line.to_owned()).collect()
    };
    if name == "lines" {
        return labels(old) != labels(new);
    }
    let Some((line, what)) = of_line(name) else { return false };
    let in_both = labels(old).contains(line) && labels(new).contains(line);
    !in_both && what != "label"
}

fn fact_words(name: &str, before: Option<&Fact>, after: Option<&Fact>) -> String {
    if let Some((line, what)) = of_line(name) {
        // What is said otherwise in another language is a fact of its own.
        let (what, language) =
            what.split_once(" in ").map_or((what, None), |(what, language)| (what, Some(language)));
        let what = match (before, after, what) {
            (None, _, "label") if language.is_none() => {
                return format!("asks for {line} besides");
            }
            (_, None, "label") if language.is_none() => {
                return format!("no longer asks for {line}");
            }
            (.., "needed") => "required or not",
            (.., "widget") => "another kind of input",
            (.., "values") => "offers other values",
            (.., "least") => "another least value",
            (.., "most") => "another largest value",
            (.., "label") => "another label",
            (.., "hint") => "another hint",
            (.., "pattern") => "another pattern",
            _ => "another refusal",
        };
        let language = language.map_or_else(String::new, |language| format!(" in {language}"));
        return format!("{line}: {what}{language}");
    }
    if name.starts_with("condition ") {
        return "another condition".to_owned();
    }
    match name {
        "lines" => "asks in another order".to_owned(),
        "buttons" => "offers other buttons".to_owned(),
        "text" => "says something else".to_owned(),
        "note" => "notes something else".to_owned(),
        "question" => "asks something else".to_owned(),
        "times" => "repeats so often".to_owned(),
        "time" => "lets another time pass".to_owned(),
        "workflow" => "runs another workflow".to_owned(),
        "push" => "uses another push".to_owned(),
        "value" => "another value".to_owned(),
        "data" => "sets something else".to_owned(),
        "reason" => "another reason".to_owned(),
        other => format!("another {other}"),
    }
}
