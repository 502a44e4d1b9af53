//! When the org works: business hours of the pulled metadata, with the holidays that count.
//!
//! No object of Salesforce tells which holidays belong to which business hours, so all of them count
//! where a declaration does not say otherwise. What can't be decided here is never left out in silence.

use std::collections::BTreeSet;

use tidegate_diagnostics::codes;
use tidegate_plan::model::{self, DAY_MS, Nth, Opening, Recurs, Weekdays};
use tidegate_plan::verify::MAX_HOLIDAYS;
use tidegate_plan::zone;
use tidegate_schemas::catalog::{BusinessHours, Catalog, DAYS, Holiday, Recurrence};

use crate::finding::Finding;
use crate::hir::{Hours, Program};
use crate::resolve::scope::Query;
use crate::resolve::suggest;
use crate::source::{ItemId, Loc};
use crate::syntax::ast::{self, HolidaysExpr, Text};

const MINUTE: u32 = 60_000;
/// A day that every month has.
const SHORTEST_MONTH: u32 = 28;

/// Looks up what a declaration names.
pub(crate) fn hours(
    catalog: &Catalog,
    item: ItemId,
    syntax: &ast::Hours,
    findings: &mut Vec<Finding>,
) -> Hours {
    let mut reading = Reading { catalog, item, findings };
    let open = reading.open(syntax);
    Hours { name: syntax.name.text.clone(), item, open, head: syntax.head }
}

/// Hours of whose names nobody asked.
pub(crate) fn unused(program: &Program, used: &BTreeSet<Query>) -> Vec<Finding> {
    let unused = program.hours.iter().filter(|its| !its.name.is_empty());
    unused
        .filter(|its| !used.contains(&Query::Hours(its.name.clone())))
        .map(|its| {
            let at = Loc { item: its.item, range: its.head };
            let message = format!("nothing asks for the hours `{}`", its.name);
            Finding::new(codes::HOURS_UNUSED, at, message)
                .help(format!("ask `if now in {}`, or take them out", its.name))
        })
        .collect()
}

struct Reading<'a> {
    catalog: &'a Catalog,
    item: ItemId,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Reading<'a> {
    fn at(&self, text: &Text) -> Loc {
        Loc { item: self.item, range: text.range }
    }

    fn open(&mut self, syntax: &ast::Hours) -> Option<model::Hours> {
        let from = syntax.from.as_ref()?;
        let found = self.found(from);
        let counted = self.counted(syntax.holidays.as_ref());
        let (found, counted) = (found?, counted?);
        let week = self.week(found, from);
        let at = match &syntax.holidays {
            Some(HolidaysExpr::These(names)) => {
                names.first().map_or(self.at(from), |its| self.at(its))
            }
            _ => self.at(from),
        };
        let mut holidays = Vec::with_capacity(counted.len());
        for holiday in &counted {
            match decided(holiday) {
                Ok(decided) => holidays.push(decided),
                Err(why) => self.undecided(at, holiday, why),
            }
        }
        if counted.len() > MAX_HOLIDAYS {
            let message = format!("{} holidays would count, and {MAX_HOLIDAYS} can", counted.len());
            let finding = Finding::new(codes::HOURS_UNDECIDED, at, message);
            self.findings.push(finding.help("name those that count: `holidays \"…\", \"…\"`"));
        }
        let whole = holidays.len() == counted.len();
        let (name, zone) = (syntax.name.text.clone(), found.time_zone.clone());
        Some(model::Hours { name, zone, week: week?, holidays }).filter(|_| whole)
    }

    fn found(&mut self, from: &Text) -> Option<&'a BusinessHours> {
        let at = self.at(from);
        let known = &self.catalog.business_hours;
        let Some(found) = known.get(&from.text) else {
            let message = format!("the org has no business hours `{}`", from.text);
            let finding = Finding::new(codes::NOT_IN_THE_ORGS_HOURS, at, message);
            let names = known.values().filter(|its| its.active).map(|its| its.name.as_str());
            self.findings.push(meant(finding, at, &from.text, names, "business hours"));
            return None;
        };
        if !found.active {
            let message = format!("the business hours `{}` are not active in the org", from.text);
            let active = known.values().find(|its| its.active);
            let help = active.map_or_else(String::new, |its| format!(", such as `{}`", its.name));
            self.findings.push(
                Finding::new(codes::HOURS_NOT_ACTIVE, at, message)
                    .help(format!("name others{help}, or activate them in Salesforce and pull")),
            );
            return None;
        }
        Some(found)
    }

    fn week(&mut self, found: &BusinessHours, from: &Text) -> Option<Vec<Option<Opening>>> {
        let at = self.at(from);
        let mut week = Vec::with_capacity(DAYS.len());
        let mut wrong = None;
        for (day, opening) in DAYS.iter().zip(&found.week) {
            let opening = opening.map(|its| {
                let to = if its.to.millis() == 0 { DAY_MS } else { its.to.millis() };
                Opening { from: its.from.millis(), to }
            });
            if let Some(Opening { from, to }) = opening
                && from >= to
            {
                wrong = Some(format!("they close on {day} before they open"));
            }
            week.push(opening);
        }
        if zone::zone(&found.time_zone).is_none() {
            wrong = Some(format!("no time zone is called `{}`", found.time_zone));
        }
        if let Some(wrong) = wrong {
            let message = format!("the business hours `{}` can't be decided: {wrong}", found.name);
            let finding = Finding::new(codes::HOURS_UNDECIDED, at, message);
            self.findings.push(finding.help("correct them in Salesforce, and pull"));
            return None;
        }
        Some(week)
    }

    /// The holidays that count; `None` where one that is named is none.
    fn counted(&mut self, named: Option<&HolidaysExpr>) -> Option<Vec<Holiday>> {
        let all = &self.catalog.holidays;
        let (names, but) = match named {
            None => return Some(all.clone()),
            Some(HolidaysExpr::None) => return Some(Vec::new()),
            Some(HolidaysExpr::These(names)) => (names, false),
            Some(HolidaysExpr::AllBut(names)) => (names, true),
        };
        let mut known = true;
        for name in names {
            if !all.iter().any(|its| its.name == name.text) {
                let at = self.at(name);
                let message = format!("the org has no holiday `{}`", name.text);
                let finding = Finding::new(codes::NOT_IN_THE_ORGS_HOURS, at, message);
                let others = all.iter().map(|its| its.name.as_str());
                self.findings.push(meant(finding, at, &name.text, others, "holidays"));
                known = false;
            }
        }
        let counts = |its: &&Holiday| names.iter().any(|name| name.text == its.name) != but;
        known.then(|| all.iter().filter(counts).cloned().collect())
    }

    fn undecided(&mut self, at: Loc, holiday: &Holiday, why: &str) {
        let message = format!("on which days the holiday `{}` is can't be decided", holiday.name);
        let finding = Finding::new(codes::HOURS_UNDECIDED, at, message).label(why);
        self.findings.push(finding.help(format!(
            "leave it out, `holidays except \"{}\"`, or change it in Salesforce and pull",
            holiday.name
        )));
    }
}

fn meant<'a>(
    finding: Finding,
    at: Loc,
    written: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    what: &str,
) -> Finding {
    if let Some(near) = suggest::closest(written, known.clone()) {
        let text = format!("\"{}\"", near.replace('\\', "\\\\").replace('"', "\\\""));
        return finding
            .help(format!("did you mean `{near}`?"))
            .fix(format!("write `{text}`"), vec![(at, text)]);
    }
    let names: BTreeSet<&str> = known.collect();
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        return finding.help(format!("the pulled metadata has no {what}: run `tidegate pull`"));
    }
    finding.help(format!("its {what} are {}", names.join(", ")))
}

/// A holiday as the plan has it, or why its days can't be told.
fn decided(holiday: &Holiday) -> Result<model::Holiday, &'static str> {
    let part = match holiday.minutes {
        None => Opening { from: 0, to: DAY_MS },
        Some((from, to)) if from < to && to <= DAY_MS / MINUTE => {
            Opening { from: from * MINUTE, to: to * MINUTE }
        }
        Some(_) => return Err("it ends before it begins"),
    };
    let (recurs, first, last) = match &holiday.recurrence {
        None => (Recurs::Once, holiday.date.as_ref(), None),
        Some(its) => (recurring(its)?, its.start.as_ref(), its.end.as_ref()),
    };
    let day = |text: &String| text.parse().map_err(|_| "one of its days is no day");
    let first = first.ok_or("the org does not say from when on").and_then(day)?;
    let last = last.map(day).transpose()?;
    Ok(model::Holiday { name: holiday.name.clone(), part, recurs, first, last })
}

fn recurring(its: &Recurrence) -> Result<Recurs, &'static str> {
    let every = || its.interval.filter(|every| *every > 0).ok_or("its interval is missing");
    let day = || match its.day_of_month {
        Some(day @ 1..=31) => Ok(day),
        _ => Err("its day of the month is missing"),
    };
    let month = || {
        let at = model::MONTHS.iter().position(|month| its.month.as_deref() == Some(month));
        at.and_then(|at| u32::try_from(at + 1).ok()).ok_or("its month is missing")
    };
    match its.kind.as_str() {
        "RecursDaily" => Ok(Recurs::Daily(every()?)),
        "RecursEveryWeekday" => Ok(Recurs::Weekly(1, weekdays(its)?)),
        "RecursWeekly" => Ok(Recurs::Weekly(every()?, weekdays(its)?)),
        "RecursMonthly" if day()? > SHORTEST_MONTH => {
            Err("Salesforce does not say what it does in months without such a day")
        }
        "RecursMonthly" => Ok(Recurs::Monthly(every()?, day()?)),
        "RecursMonthlyNth" => Ok(Recurs::MonthlyNth(every()?, nth(its)?, weekdays(its)?)),
        "RecursYearly" if (month()?, day()?) == (2, 29) => {
            Err("Salesforce does not say what it does in years without such a day")
        }
        "RecursYearly" => Ok(Recurs::Yearly(month()?, day()?)),
        "RecursYearlyNth" => Ok(Recurs::YearlyNth(month()?, nth(its)?, weekdays(its)?)),
        _ => Err("it recurs in a way that this version does not know"),
    }
}

/// Salesforce's bits begin on Sunday.
fn weekdays(its: &Recurrence) -> Result<Weekdays, &'static str> {
    match its.days_of_week {
        Some(mask @ 1..=127) => Ok(Weekdays(mask >> 1 | (mask & 1) << 6)),
        _ => Err("its days of the week are missing"),
    }
}

fn nth(its: &Recurrence) -> Result<Nth, &'static str> {
    match its.instance.as_deref() {
        Some("First") => Ok(Nth::First),
        Some("Second") => Ok(Nth::Second),
        Some("Third") => Ok(Nth::Third),
        Some("Fourth") => Ok(Nth::Fourth),
        Some("Last") => Ok(Nth::Last),
        _ => Err("which of its days it is, is missing"),
    }
}
