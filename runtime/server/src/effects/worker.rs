//! The worker that claims effects, performs them and feeds back what came of them.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use jiff::Timestamp;
use tidegate_engine::effect::Action;
use tidegate_engine::event::Event;
use tidegate_plan::model::Plan;
use tidegate_store::StoreError;
use tidegate_store::contract::{Claimed, Entry, Parked, Settlement, Until};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::gate::{Admission, Asked, WIDEST};
use super::names::Names;
use super::org::CallError;
use super::{
    Failed, Performed, answering, case, detection, failed, file, guard, lettered, person, retry,
    summary, transcript,
};
use crate::app::App;
use crate::chats;
use crate::conversation::{Arrival, Cause, LoopError};
use crate::timers::until;

/// Between two looks, and after a failure of the store.
const PAUSE: Duration = Duration::from_secs(30);
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// The transcript is read in parts of so many messages.
const PART: u32 = 512;

/// Performs effects until the server ends, then finishes those under way.
pub(crate) async fn run(app: Arc<App>) {
    let names = Arc::new(Names::default());
    let permits = Arc::new(Semaphore::new(WIDEST));
    let mut running = JoinSet::new();
    let mut work = app.store.work();
    let mut moves = app.gate.moves();
    let mut ending = app.ending.clone();
    while !*ending.borrow_and_update() {
        work.mark_unchanged();
        moves.mark_unchanged();
        let began = app.clock.now();
        let pause = match claim(&app, &names, &permits, &mut running, began).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "effects could not be claimed; they are looked at again");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = app.clock.sleep_until(began + pause) => {}
            Ok(()) = work.changed() => {}
            Ok(()) = moves.changed() => {}
            Ok(()) = ending.changed() => {}
            Some(_) = running.join_next() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// Starts as many effects as may run, and says how long from `now` on nothing more will come by
/// itself. One time for all of it, or what falls due in between would be overlooked.
async fn claim(
    app: &Arc<App>,
    names: &Arc<Names>,
    permits: &Arc<Semaphore>,
    running: &mut JoinSet<()>,
    now: Timestamp,
) -> Result<Duration, StoreError> {
    release(app, now).await?;
    // A narrowed gate lets fewer go than there are permits.
    let under_way = WIDEST.saturating_sub(permits.available_permits());
    let free = u32::try_from(app.gate.width().saturating_sub(under_way)).unwrap_or(0);
    if free == 0 {
        return Ok(PAUSE);
    }
    for claimed in app.store.claim(now, free).await? {
        let (app, names) = (Arc::clone(app), Arc::clone(names));
        if is_beside_the_org(&claimed.effect.action) {
            // It asks nothing of the org's records, so it holds up nothing that does.
            running.spawn(async move { beside_the_org(&app, &names, claimed).await });
            continue;
        }
        let Ok(permit) = Arc::clone(permits).acquire_owned().await else { return Ok(PAUSE) };
        running.spawn(async move {
            one(&app, &names, claimed).await;
            drop(permit);
        });
    }
    let next_look = app.gate.look_at();
    let next = [app.store.next_effect().await?, next_look.filter(|at| *at > now)];
    let next = next.into_iter().flatten().min();
    // Whoever ends wakes the loop.
    let full = WIDEST.saturating_sub(permits.available_permits()) >= app.gate.width();
    Ok(match next {
        Some(next) if !full => until(next, now),
        _ => PAUSE,
    })
}

fn is_beside_the_org(action: &Action) -> bool {
    matches!(
        action,
        Action::Detect { .. }
            | Action::Answer { .. }
            | Action::Summarise { .. }
            | Action::OpenChat { .. }
            | Action::Relay { .. }
            | Action::RelayFile { .. }
            | Action::RelayReply { .. }
            | Action::WithdrawChat { .. }
    )
}

/// Handles an effect for which an AI or a channel may take its time. Where the server ends
/// meanwhile, it is done again at the next start: what an AI says is believed once only, and what
/// agents are told twice they read once.
async fn beside_the_org(app: &App, names: &Names, claimed: Claimed) {
    let mut ending = app.ending.clone();
    tokio::select! {
        () = one(app, names, claimed) => {}
        Ok(_) = ending.wait_for(|ending| *ending) => {}
    }
}

async fn one(app: &App, names: &Names, claimed: Claimed) {
    let (conversation, key) = (claimed.conversation, claimed.effect.key);
    let handled = AssertUnwindSafe(handle(app, names, claimed)).catch_unwind().await;
    // The message that takes a draft's place is there, or there will be none.
    app.drafts.set(conversation, "");
    if handled.is_err() {
        // Left claimed, it would hold up its conversation until the next start.
        tracing::error!(%conversation, effect = %key, "a fault of Tidegate's: an effect's end could not be taken; it is tried again");
        let parked = put_off(app, key, "a fault of Tidegate's".into());
        drop(app.store.park(parked).await);
    }
}

/// Lets go what is held: all once the org serves, and one when it is time to look.
async fn release(app: &App, now: Timestamp) -> Result<(), StoreError> {
    if app.gate.takes_over_held() {
        if let Err(error) = app.store.release(u32::MAX).await {
            app.gate.held();
            return Err(error);
        }
    } else if app.gate.look_at().is_some_and(|at| at <= now) {
        app.store.release(1).await?;
    }
    Ok(())
}

fn put_off(app: &App, key: Uuid, why: String) -> Parked {
    let until = Until::Time(app.clock.now() + PAUSE);
    Parked { key, until, why, attempted: true, strike: false }
}

/// One attempt, and keeping what came of it.
async fn handle(app: &App, names: &Names, claimed: Claimed) {
    let (conversation, key) = (claimed.conversation, claimed.effect.key);
    let performed = match AssertUnwindSafe(admitted(app, names, &claimed)).catch_unwind().await {
        Ok(Ok(performed)) => performed,
        Ok(Err(error)) => retry::unprepared(&error, claimed.attempt, app.clock.now()),
        Err(_) => panicked(app, &claimed).await,
    };
    if let Performed::Dead { letter, .. } = &performed {
        lettered::tell(app, conversation, letter);
    }
    // What came of it must be kept, or the effect is performed again.
    let mut pause = AFTER_FAILURE;
    while let Err(error) = keep(app, conversation, key, &performed).await {
        tracing::error!(%conversation, effect = %key, %error, "what came of an effect could not be kept; it is tried again");
        let broken = matches!(error, LoopError::Store(StoreError::Broken(_)));
        if *app.ending.borrow() || broken {
            return;
        }
        if !matches!(error, LoopError::Store(_)) {
            // The conversation can't hear of it now; later it may.
            let parked = app.store.park(put_off(app, key, error.to_string())).await;
            if parked.is_ok() {
                return;
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE);
    }
    let done =
        matches!(performed, Performed::Answered(_) | Performed::Done { .. } | Performed::Silent);
    if done && lettered::was_sent_again(app, &claimed).await {
        tracing::info!(%conversation, effect = %key, "a dead letter that was sent again is done");
    }
}

/// A mistake of ours, which the look-up of what may exist all the same may make again.
async fn panicked(app: &App, claimed: &Claimed) -> Performed {
    let judged = AssertUnwindSafe(guard::panicked(app, claimed)).catch_unwind().await;
    judged.unwrap_or_else(|_| guard::unknown(claimed, app.clock.now()))
}

/// Performs an effect if it may go now, and judges what failed.
async fn admitted(app: &App, names: &Names, claimed: &Claimed) -> Result<Performed, LoopError> {
    let admission = match claimed.effect.action {
        Action::Summarise { .. }
        | Action::Detect { .. }
        | Action::Answer { .. }
        | Action::OpenChat { .. }
        | Action::Relay { .. }
        | Action::RelayFile { .. }
        | Action::RelayReply { .. }
        | Action::WithdrawChat { .. }
        | Action::Unreadable { .. } => Admission::Go,
        Action::SyncPerson { .. } | Action::SyncCase { .. } => app.gate.admit_person(),
        Action::CreateCase(_) | Action::AttachTranscript { .. } | Action::AttachFile { .. } => {
            app.gate.admit(Asked::Write)
        }
    };
    if admission == Admission::Hold {
        return Ok(match &claimed.effect.action {
            // The customer does not wait for who they are.
            Action::SyncPerson { .. } => person::not_now(claimed.effect.key),
            Action::SyncCase { .. } => person::case_not_now(claimed.effect.key),
            _ => failed::hold(app),
        });
    }
    // However it ends, the next one may look.
    let _looked = (admission == Admission::Look).then(|| Looked(app));
    Ok(match perform(app, names, claimed).await? {
        Performed::Failed(failure) => failed::judge(app, claimed, *failure).await,
        performed => performed,
    })
}

struct Looked<'a>(&'a App);

impl Drop for Looked<'_> {
    fn drop(&mut self) {
        self.0.gate.looked();
    }
}

async fn perform(app: &App, names: &Names, claimed: &Claimed) -> Result<Performed, LoopError> {
    if let Action::Unreadable { stored } = &claimed.effect.action {
        // Whatever else of its conversation can't be read.
        return Ok(guard::unreadable(claimed, stored, app.clock.now()));
    }
    let stored = app.store.load(claimed.conversation).await?.ok_or(LoopError::Unknown)?;
    let plan = app.plans.get(&stored.conversation.plan).await?;
    let key = claimed.effect.key;
    Ok(match &claimed.effect.action {
        Action::SyncPerson { claim } => person::sync(app, &plan, key, claim).await,
        Action::SyncCase { case_id } => person::read_case(app, &plan, key, case_id).await,
        Action::Summarise { through } => {
            let entries = entries(app, claimed.conversation, *through).await?;
            summary::perform(app, claimed.conversation, key, entries).await
        }
        Action::Detect { attr, values, through } => {
            let entries = entries(app, claimed.conversation, *through).await?;
            let (conversation, attr) = (&stored.conversation, *attr);
            let asked = detection::Asked { plan: &plan, conversation, entries, attr, values };
            detection::perform(app, key, asked).await
        }
        Action::Answer { knowing, closing, through } => {
            let entries = entries(app, claimed.conversation, *through).await?;
            let (conversation, closing) = (&stored.conversation, *closing);
            let asked = answering::Asked { plan: &plan, conversation, entries, knowing, closing };
            answering::perform(app, key, asked).await
        }
        Action::OpenChat { .. }
        | Action::Relay { .. }
        | Action::RelayFile { .. }
        | Action::RelayReply { .. }
        | Action::WithdrawChat { .. } => chats::perform(app, &plan, &stored, claimed).await?,
        Action::CreateCase(request) => {
            if let Err(error) = guard::right_org(app, &plan).await {
                return Ok(unasked(&plan, claimed, error));
            }
            let through = request.transcript.as_ref().map_or(0, |to| to.through);
            let entries = entries(app, claimed.conversation, through).await?;
            case::create(app, names, &plan, claimed, request, &entries).await
        }
        Action::AttachTranscript { case_id, through, as_file } => {
            let entries = entries(app, claimed.conversation, *through).await?;
            let text = transcript::render(&entries);
            attached(app, &plan, claimed, attach(app, claimed, case_id, *as_file, &text)).await
        }
        Action::AttachFile { case_id, file } => {
            let content = app.store.content(claimed.conversation, file.id).await?;
            attached(app, &plan, claimed, file::attach(app, claimed, case_id, file, content)).await
        }
        Action::Unreadable { stored } => guard::unreadable(claimed, stored, app.clock.now()),
    })
}

/// What becomes of attaching something, which only the plan's own org gets.
async fn attached(
    app: &App,
    plan: &Plan,
    claimed: &Claimed,
    attaching: impl Future<Output = Result<(), CallError>>,
) -> Performed {
    let done = match guard::right_org(app, plan).await {
        Ok(()) => attaching.await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Performed::Silent,
        Err(error) => unasked(plan, claimed, error),
    }
}

/// A failure before or beside the Case's own insert.
fn unasked(plan: &Plan, claimed: &Claimed, error: CallError) -> Performed {
    let request = match claimed.effect.action {
        Action::AttachTranscript { .. } => "attach the transcript to the Case",
        Action::AttachFile { .. } => "attach a customer's file to the Case",
        _ => "find out which org answers",
    };
    let source = case::step_place(plan, &claimed.effect);
    Performed::Failed(Box::new(Failed { error, request: request.into(), source }))
}

fn attach<'a>(
    app: &'a App,
    claimed: &'a Claimed,
    case_id: &'a str,
    as_file: bool,
    text: &'a str,
) -> impl Future<Output = Result<(), CallError>> + 'a {
    let repeated = claimed.attempt > 1;
    let org = app.org.as_ref();
    async move {
        if as_file {
            transcript::attach_file(org, claimed.effect.key, case_id, repeated, text).await
        } else {
            transcript::attach_comments(org, case_id, repeated, text).await
        }
    }
}

/// The conversation's messages up to and with one.
pub(crate) async fn entries(
    app: &App,
    conversation: Uuid,
    through: u64,
) -> Result<Vec<Entry>, StoreError> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let after = all.last().map_or(0, |entry| entry.sequence);
        let part = app.store.entries(conversation, after, PART).await?;
        let whole = part.len() < usize::try_from(PART).unwrap_or(usize::MAX);
        all.extend(part.into_iter().take_while(|entry| entry.sequence <= through));
        let reached = all.last().is_some_and(|entry| entry.sequence >= through);
        if whole || reached || through == 0 {
            return Ok(all);
        }
    }
}

async fn keep(
    app: &App,
    conversation: Uuid,
    key: Uuid,
    performed: &Performed,
) -> Result<(), LoopError> {
    match performed {
        Performed::Answered(event) => {
            let settlement = Settlement { key, dead: None };
            feed_back(app, conversation, event, settlement, None).await
        }
        Performed::Done { event, by } => {
            let settlement = Settlement { key, dead: None };
            feed_back(app, conversation, event, settlement, Some(by)).await
        }
        Performed::Silent => {
            Ok(app.store.settle(Settlement { key, dead: None }).await.map(drop)?)
        }
        Performed::Dead { event, letter } => {
            let settlement = Settlement { key, dead: Some(letter.clone()) };
            let fed = match event {
                Some(event) => feed_back(app, conversation, event, settlement.clone(), None).await,
                None => {
                    app.store.settle(settlement.clone()).await.map(drop).map_err(LoopError::from)
                }
            };
            match fed {
                // A conversation that nobody can read hears of nothing any more.
                Err(LoopError::Store(StoreError::Corrupt { .. })) => {
                    app.store.settle(settlement).await?;
                }
                other => other?,
            }
            Ok(())
        }
        Performed::Parked { until, why, attempted, strike } => {
            let (until, attempted, strike) = (*until, *attempted, *strike);
            let why = why.clone();
            app.store.park(Parked { key, until, why, attempted, strike }).await?;
            if let Until::Released { .. } = until {
                app.gate.held();
            }
            Ok(())
        }
        Performed::Later { until, why } => {
            tracing::error!(%conversation, effect = %key, why, %until, "an effect waits for a fault that is not the org's");
            let until = Until::Time(*until);
            let why = why.clone();
            Ok(app.store.park(Parked { key, until, why, attempted: true, strike: false }).await?)
        }
        // Judged before it gets here.
        Performed::Failed(failure) => {
            Ok(app.store.park(put_off(app, key, failure.error.reason())).await?)
        }
    }
}

async fn feed_back(
    app: &App,
    conversation: Uuid,
    event: &Event,
    settlement: Settlement,
    by: Option<&String>,
) -> Result<(), LoopError> {
    let cause = Cause::Effect { settlement, by: by.cloned() };
    app.conversations
        .receive(conversation, Arrival::Event(event.clone()), cause, app.clock.now())
        .await
        .map(drop)
}
