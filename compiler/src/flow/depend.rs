//! Lists whose values hang on another attribute's: what a change of that one clears.

use crate::hir::{AttrId, Attribute, ListType, Narrowed, Origin, Program, Type};

use super::domain::{Abs, Content, Origins};
use super::eval::World;
use super::state::State;
use super::types::active_values;
use super::values::ValueSet;

/// For each attribute the lists that depend on it.
pub(super) fn dependents(program: &Program) -> Vec<Vec<AttrId>> {
    let mut found = vec![Vec::new(); program.attributes.len()];
    for (attr, attribute) in (0u32..).map(AttrId).zip(&program.attributes) {
        if let Some(controller) = controller(program, attribute) {
            found[controller.0 as usize].push(attr);
        }
    }
    found
}

/// The attribute that decides which values of a list fit, where it is synced too.
pub(crate) fn controller(program: &Program, attribute: &Attribute) -> Option<AttrId> {
    let wanted = list_of(&attribute.ty)?.controller.as_deref()?;
    if !matches!(&attribute.origin, Origin::Field { path, .. } if path.len() == 1) {
        return None;
    }
    let at = program.attributes.iter().position(|other| {
        other.space == attribute.space
            && matches!(&other.origin, Origin::Field { path, .. } if *path == [wanted])
    })?;
    u32::try_from(at).ok().map(AttrId)
}

/// The values that a controller can have and that are not among those with which something fits.
pub(crate) fn misfits<'p>(
    world: &World<'p>,
    state: &State,
    controller: AttrId,
    valid_for: &[String],
) -> Vec<&'p str> {
    let chosen = Chosen::of(world.ty(controller), &state.read(controller));
    let misfits = |text: &&str| !valid_for.iter().any(|one| one == text);
    chosen.texts.into_iter().filter(misfits).collect()
}

/// Whether customers find a value to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Whatever the controller is.
    Always,
    /// Not where the controller is blank, or has this value.
    Perhaps(Option<String>),
    /// Nowhere.
    Never,
}

/// What a form that does not ask for the controller lets customers choose of a list.
pub(crate) fn choice(world: &World<'_>, state: &State, attr: AttrId, controller: AttrId) -> Choice {
    let Some(list) = list_of(world.ty(attr)) else { return Choice::Always };
    let chosen = Chosen::of(world.ty(controller), &state.read(controller));
    let active = || list.values.iter().filter(|value| value.active);
    if chosen.anything || active().any(|value| value.valid_for.is_none()) {
        return Choice::Always;
    }
    let fits = |text: &&str| {
        active()
            .filter_map(|value| value.valid_for.as_ref())
            .any(|its| its.iter().any(|one| one == text))
    };
    let without = chosen.texts.iter().find(|text| !fits(text)).map(|text| (*text).to_owned());
    if !chosen.texts.iter().any(fits) {
        return Choice::Never;
    }
    if chosen.nothing || without.is_some() {
        return Choice::Perhaps(without.filter(|_| !chosen.nothing));
    }
    Choice::Always
}

fn list_of(ty: &Type) -> Option<&ListType> {
    match ty {
        Type::List(list) | Type::MultiList(list) => Some(list),
        _ => None,
    }
}

/// Clears what no longer fits where attributes were given values.
pub(super) fn settle(world: &World<'_>, state: &mut State, mut changed: Vec<AttrId>) {
    while let Some(controller) = changed.pop() {
        for attr in world.dependents.get(controller.0 as usize).into_iter().flatten() {
            let Some(list) = list_of(world.ty(*attr)) else { continue };
            let had = state.read(*attr);
            if !had.may_be_set() {
                continue;
            }
            let Fit { mask, cleared } =
                fit(&had, list, world.ty(controller), &state.read(controller));
            if state.narrow(*attr, &mask, cleared) {
                changed.push(*attr);
            }
        }
    }
}

/// What a customer gave and a change clears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    /// What is cleared.
    pub(crate) attr: AttrId,
    /// What is changed.
    pub(crate) controller: AttrId,
    /// Whether nothing of it can stay.
    pub(crate) all: bool,
}

/// The answers of customers that may be cleared where these attributes are given these values.
pub(crate) fn lost(world: &World<'_>, state: &State, changed: &[(AttrId, Abs)]) -> Vec<Lost> {
    let mut next = state.clone();
    for (attr, value) in changed {
        next.write(*attr, value.clone());
    }
    let given = Abs::set(Content::Any, Origins::CUSTOMER);
    let mut found = Vec::new();
    for (controller, _) in changed {
        for attr in world.dependents.get(controller.0 as usize).into_iter().flatten() {
            let Some(list) = list_of(world.ty(*attr)) else { continue };
            let had = state.read(*attr).meet(&given);
            if !had.may_be_set() {
                continue;
            }
            let fit = fit(&had, list, world.ty(*controller), &next.read(*controller));
            if fit.cleared {
                let all = !had.meet(&fit.mask).may_be_set();
                found.push(Lost { attr: *attr, controller: *controller, all });
            }
        }
    }
    found
}

/// What `detect` can make of a list: blank, or a value that can be chosen, also with the record type
/// that it names, and that the controller's value may allow.
pub(super) fn offered(
    world: &World<'_>,
    state: &State,
    attr: AttrId,
    of_type: Option<&Narrowed>,
) -> Abs {
    let Some(list) = list_of(world.ty(attr)) else { return Abs::ANY };
    let values = active_values(list);
    let left = |at: &usize| {
        let value = list.values.get(*at);
        of_type.is_none_or(|its| value.is_some_and(|value| its.offers(&value.value)))
    };
    let values = ValueSet::of(values.positions().filter(left));
    // Where nothing is left, nothing is detected.
    if values.is_empty() {
        return Abs::BLANK;
    }
    let all = Abs::set(Content::List(values), Origins::DETECTION);
    let above = world.attribute(attr).and_then(|its| controller(world.program, its));
    let Some(above) = above else { return all.or_blank() };
    let Fit { mask, .. } = fit(&all, list, world.ty(above), &state.read(above));
    all.meet(&mask).or_blank()
}

/// What a change leaves of a dependent list.
struct Fit {
    /// What it can still be, blank in any case.
    mask: Abs,
    /// Whether some of what it was is cleared.
    cleared: bool,
}

fn fit(had: &Abs, list: &ListType, controller_type: &Type, controller: &Abs) -> Fit {
    let Content::List(set) = &had.content else {
        return Fit { mask: Abs::ANY, cleared: true };
    };
    let chosen = Chosen::of(controller_type, controller);
    let mut kept = Vec::new();
    let mut cleared = set.others() && !list.open;
    for position in set.positions() {
        let Some(value) = list.values.get(position) else { continue };
        let (can, must) = match &value.valid_for {
            _ if !value.active => (list.open, list.open),
            None => (true, true),
            Some(valid_for) => chosen.within(valid_for),
        };
        if can {
            kept.push(position);
        }
        cleared |= !must;
    }
    let kept = ValueSet::of(kept).with_others(list.open);
    Fit { mask: Abs::set(Content::List(kept), Origins::ANY).join(&Abs::ANY_BLANK), cleared }
}

/// What a controller can be, as texts.
struct Chosen<'v> {
    texts: Vec<&'v str>,
    /// Nothing, or what no value names.
    nothing: bool,
    /// It cannot be said.
    anything: bool,
}

impl<'v> Chosen<'v> {
    fn of(ty: &'v Type, value: &Abs) -> Self {
        let nothing = value.may_be_blank();
        match (&value.content, ty) {
            (Content::Nothing, _) => Self { texts: Vec::new(), nothing, anything: false },
            (Content::List(set), Type::List(list)) => {
                let listed = set.positions().filter_map(|at| list.values.get(at));
                let texts = listed.map(|value| value.value.as_str()).collect();
                Self { texts, nothing: nothing || set.others(), anything: false }
            }
            (Content::Bool { no, yes }, _) => {
                let texts = [("false", *no), ("true", *yes)];
                let texts = texts.into_iter().filter(|(_, can)| *can).map(|(text, _)| text);
                Self { texts: texts.collect(), nothing, anything: false }
            }
            _ => Self { texts: Vec::new(), nothing, anything: true },
        }
    }

    /// Whether a value that fits with these can stay, and whether it must.
    fn within(&self, valid_for: &[String]) -> (bool, bool) {
        let fits = |text: &&str| valid_for.iter().any(|one| one == text);
        let can = self.anything || self.texts.iter().any(fits);
        let must = !self.anything && !self.nothing && self.texts.iter().all(fits);
        (can, must)
    }
}
