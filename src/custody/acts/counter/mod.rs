//! The counter (窗口): a custodian takes in what an officer brings, line by line, with scanner, scale and printer; puts
//! things away; and moves them. What is not recorded yet is a draft; scans, weights and labels arrive through
//! [`mod@crate::custody::observe`].
//!
//! [`view`] reads; [`mod@line`] fills in the line in hand; [`label`] prints and binds; [`receive`] records; [`steps`] says what is missing
//! before it may be; [`mod@itemise`] makes single things of a line; [`tray`] takes many in one go; [`placement`] what may lie where; [`scan`] what a scan means.

pub mod itemise;
pub mod label;
pub mod line;
pub(in crate::custody) mod placement;
pub mod receive;
pub mod scan;
pub mod steps;
pub mod tray;
pub mod view;

use crate::custody::{
    Conflict, Error, Invalid, Thing, access,
    admin::identity,
    delivery::{self, ConcludeDelivery},
};
use crate::{
    app::App,
    domain::{
        Person, Role,
        counter::{Activity, Receiving, WaitingCase},
    },
    id::{CaseId, ItemId, PersonId, StationId},
    live::News,
    store::{
        Recorded, Tx, counter, people,
        stations::{self, Station},
    },
};
use serde::Deserialize;

pub use label::Print;
pub use view::{CaseAtCounter, Overview};

/// Which case, and who brings it.
#[derive(Clone, Debug, Deserialize)]
pub struct OpenCase {
    pub station: StationId,
    pub case: CaseId,
    /// The officer who stands at the counter: of the unit that owes the lines.
    pub delivered_by: PersonId,
    /// Whether each line's label is printed when the line is picked; then the scanner alone is enough.
    #[serde(default)]
    pub print_on_pick: bool,
}

/// One line at one counter.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct AtCounter {
    pub station: StationId,
    pub item: ItemId,
}

/// Takes the counter. Whoever stood there stands there no more; open cases stay open for the newcomer. Whoever takes a colleague's
/// place who is still there proves by their password who they are.
pub async fn stand(app: &App, me: &Person, station: StationId, password: Option<&str>) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    my_station(&mut tx, me, station).await?;
    let here = counter::counter(&mut tx, station).await?;
    let taken = colleague(app, &mut tx, me, station, here.as_ref()).await?;
    drop(tx);
    if taken.is_some() {
        prove_myself(app, me, password).await?;
    }
    let mut tx = app.db.write().await?;
    my_station(&mut tx, me, station).await?;
    let activity = match counter::counter(&mut tx, station).await? {
        Some((_, activity @ Activity::Receiving(_))) => activity,
        _ => Activity::IDLE,
    };
    counter::set(&mut tx, station, me.id, &activity, app.clock.now()).await?;
    tx.commit().await?;
    tell(app, station);
    Ok(())
}

async fn prove_myself(app: &App, me: &Person, password: Option<&str>) -> Result<(), Error> {
    let Some(password) = password.filter(|it| !it.is_empty()) else {
        return Err(Conflict::new(
            "proof_of_person_missing",
            (
                "同事还在这个窗口，没有接班。",
                "A colleague still stands at this counter; it was not taken over.",
            ),
            ("接班请输入您自己的密码。", "To take over, give your own password."),
        ));
    };
    identity::prove(app, &me.login, password).await.map(drop)
}

/// Leaves the counter; drafts stay.
pub async fn leave(app: &App, me: &Person, station: StationId) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    my_station(&mut tx, me, station).await?;
    counter::leave(&mut tx, station, me.id).await?;
    tx.commit().await?;
    tell(app, station);
    Ok(())
}

/// Opens a case at the counter and picks its first owed line. Refuses a case with nothing owed, and an officer who is
/// not of the unit that owes it.
pub async fn open_case(app: &App, me: &Person, open: &OpenCase) -> Result<(), Error> {
    let OpenCase { station, case, delivered_by, print_on_pick } = *open;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    my_station(&mut tx, me, station).await?;
    access::see_case(&mut tx, me, case).await?;
    free(app, &mut tx, me, station).await?;
    let known = counter::deliverers(&mut tx, case).await?.iter().any(|(person, ..)| *person == delivered_by);
    if !known {
        return Err(Invalid::new(
            "no_such_deliverer",
            (
                "送交人不是应交单位的民警。",
                "The one who delivers is not an officer of the unit that owes it.",
            ),
            ("请选择站在窗口前的送交人。", "Choose the officer who stands at the counter."),
        ));
    }
    let item = counter::next_owed(&mut tx, case, 0).await?;
    let open = counter::counter(&mut tx, station).await?.map(|(_, activity)| activity.open_cases());
    let mut waiting = open.unwrap_or_default();
    waiting.retain(|it| it.case != case);
    let receiving =
        Receiving { case, delivered_by, item, print_on_pick, last: None, tray: None, answered: 0, waiting };
    counter::set(&mut tx, station, me.id, &Activity::Receiving(receiving), now).await?;
    tx.commit().await?;
    tell(app, station);
    print_if_wanted(app, me, station, item, print_on_pick).await
}

/// The colleague who stands at this counter and is still logged in there, by name.
async fn colleague(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    station: StationId,
    here: Option<&(PersonId, Activity)>,
) -> Result<Option<String>, Error> {
    let Some((person, _)) = here.filter(|(person, _)| *person != me.id) else { return Ok(None) };
    let present = counter::present(tx, *person, station, app.clock.now()).await?.is_some();
    let person = if present { people::person(tx, *person).await? } else { None };
    Ok(person.map(|person| person.name))
}

/// Refuses a counter where a colleague stands who is still logged in, at work or not.
pub(in crate::custody) async fn free(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    station: StationId,
) -> Result<(), Error> {
    let here = counter::counter(tx, station).await?;
    let Some(name) = colleague(app, tx, me, station, here.as_ref()).await? else { return Ok(()) };
    Err(Conflict::new(
        "counter_taken",
        (&format!("{name}还在这个窗口上岗。"), &format!("{name} still stands at this counter.")),
        (
            "请与其交接后点“接班”，或换一个窗口。",
            "Take over from them on the counter's page, or use another counter.",
        ),
    ))
}

/// Ends the case at this counter. What is not received stays owed; drafts are kept. What came is concluded as one delivery, whose
/// entry is the answer; nothing when nothing came.
pub async fn close_case(app: &App, me: &Person, station: StationId) -> Result<Option<Recorded>, Error> {
    let mut tx = app.db.read().await?;
    let open = standing(&mut tx, me, station).await?;
    drop(tx);
    let delivery = match open {
        Activity::Receiving(Receiving { case, delivered_by, .. }) => {
            delivery::conclude_what_came(
                app,
                me,
                ConcludeDelivery { case, delivered_by, station, request: None },
            )
            .await?
        }
        Activity::Idle { .. } | Activity::Counting { .. } | Activity::Voiding { .. } => None,
    };
    let mut tx = app.db.write().await?;
    let activity = match standing(&mut tx, me, station).await? {
        Activity::Receiving(open) => go_on(&mut tx, open.waiting).await?,
        Activity::Idle { .. } | Activity::Counting { .. } | Activity::Voiding { .. } => Activity::IDLE,
    };
    counter::set(&mut tx, station, me.id, &activity, app.clock.now()).await?;
    tx.commit().await?;
    tell(app, station);
    Ok(delivery)
}

/// Takes a line of the open case in hand.
pub async fn pick(app: &App, me: &Person, at: AtCounter) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let mut receiving = receiving(&mut tx, me, at.station).await?;
    owed_line(&mut tx, &receiving, at.item).await?;
    receiving.item = Some(at.item);
    receiving.answered = stations::last_event(&mut tx, at.station).await?;
    let print = receiving.print_on_pick;
    counter::set(&mut tx, at.station, me.id, &Activity::Receiving(receiving), app.clock.now()).await?;
    tx.commit().await?;
    tell(app, at.station);
    print_if_wanted(app, me, at.station, Some(at.item), print).await
}

/// What is done here when one thing is over: the case that was open before, or nothing.
pub(in crate::custody) async fn go_on(tx: &mut Tx, mut waiting: Vec<WaitingCase>) -> Result<Activity, Error> {
    while let Some(WaitingCase { case, delivered_by, print_on_pick }) = waiting.pop() {
        let item = counter::next_owed(tx, case, 0).await?;
        if item.is_some() {
            return Ok(Activity::Receiving(Receiving {
                case,
                delivered_by,
                item,
                print_on_pick,
                last: None,
                tray: None,
                answered: 0,
                waiting,
            }));
        }
    }
    Ok(Activity::IDLE)
}

/// Prints the label of a line that was just picked, unless it has one. A printer that cannot draw is no reason not to
/// pick: the page shows what is missing.
async fn print_if_wanted(
    app: &App,
    me: &Person,
    station: StationId,
    item: Option<ItemId>,
    wanted: bool,
) -> Result<(), Error> {
    let Some(item) = item.filter(|_| wanted) else { return Ok(()) };
    match label::print(app, me, &Print { station, item, reason: None }).await {
        Err(error @ (Error::Store(_) | Error::Random(_))) => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The station, if it is one of this custodian's unit.
pub(in crate::custody) async fn my_station(
    tx: &mut Tx,
    me: &Person,
    station: StationId,
) -> Result<Station, Error> {
    access::require(me, Role::Custodian)?;
    let found = stations::station(tx, station).await?;
    found.filter(|it| it.unit == me.unit && !it.disabled).ok_or(Error::NotFound(Thing::Station))
}

/// What this custodian does at this counter. Refuses when they do not stand there.
async fn standing(tx: &mut Tx, me: &Person, station: StationId) -> Result<Activity, Error> {
    my_station(tx, me, station).await?;
    match counter::counter(tx, station).await? {
        Some((person, activity)) if person == me.id => Ok(activity),
        _ => Err(Conflict::new(
            "not_at_the_counter",
            ("您现在不在这个窗口。", "You do not stand at this counter now."),
            ("请在窗口页面上岗，再做一次。", "Take the counter on its page, then do it again."),
        )),
    }
}

/// The case this custodian takes in at this counter.
async fn receiving(tx: &mut Tx, me: &Person, station: StationId) -> Result<Receiving, Error> {
    match standing(tx, me, station).await? {
        Activity::Receiving(receiving) => Ok(receiving),
        _ => Err(Conflict::new(
            "no_case_open",
            ("这个窗口没有打开的案件。", "No case is open at this counter."),
            ("请先选择案件。", "Choose the case first."),
        )),
    }
}

/// A line of this case that is still owed. Anything else is not there.
async fn owed_line(tx: &mut Tx, receiving: &Receiving, item: ItemId) -> Result<counter::Line, Error> {
    let line = counter::line(tx, item).await?.filter(|line| line.case == receiving.case);
    match line {
        Some(line) if line.owed > 0 => Ok(line),
        Some(line) if line.itemised => Err(Conflict::new(
            "itemised",
            (
                &format!("{} 已经逐件登记，每件另有标签；这张标签作废。", line.number),
                &format!(
                    "{} was itemised: each thing has a label of its own, and this label is void.",
                    line.number
                ),
            ),
            ("请销毁这张标签，扫各件的标签。", "Destroy this label, and scan the labels of the things."),
        )),
        Some(line) => Err(Conflict::new(
            "already_received",
            (&format!("{} 已经入库。", line.number), &format!("{} has been received already.", line.number)),
            ("请选择下一件。", "Pick the next line."),
        )),
        None => Err(Error::NotFound(Thing::Item)),
    }
}

/// The pages of this counter read again.
fn tell(app: &App, station: StationId) {
    app.live.tell(News::Counter { station, heard: None });
}
