//! 规则: which deadlines and restrictions hold, since when and by whose word; and how the city adopts others: one person brings a file, an
//! approver who is somebody else confirms exactly that file, both by entries, before the day from which it holds.

use crate::custody::{Error, Forbidden, Invalid, Thing, access, recording::Recording};
use crate::{
    app::App,
    clock::{Moment, Span},
    domain::{
        Person, Role, Rules, StoreKind,
        person::SYSTEM,
        rule::{Deadline, Effective, IntakeStep, LabelTemplate, OverdueScale, RulesError},
    },
    ledger::{AdoptRules, Body, Category, ConfirmRules, HandoverPurpose, Measure},
    store::{
        Recorded, Tx, people,
        rules::{self, Adoption},
    },
};
use chrono::NaiveDate;
use serde::Serialize;

/// The rules at a moment, and how they came.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RulesView {
    /// The entry that adopted them; none while those built into the program hold.
    pub adopted_by_entry: Option<u64>,
    pub deadlines: Vec<DeadlineView>,
    pub placements: Vec<PlacementView>,
    pub weighings: Vec<WeighingView>,
    pub intakes: Vec<IntakeView>,
    pub copies: Vec<CopiesView>,
    pub receipt_copies: Option<ReceiptCopiesView>,
    /// Which label is printed at the counter; that of the shelf where nothing is said.
    pub labels: Vec<LabelRuleView>,
    /// Every file that was adopted, newest first.
    pub history: Vec<AdoptionView>,
    pub may_adopt: bool,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DeadlineView {
    pub name: String,
    pub hours: i64,
    /// The article it rests on.
    pub citation: String,
    pub since: Moment,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PlacementView {
    pub category: Category,
    /// Where things of the category may lie.
    pub stores: Vec<StoreKind>,
    pub citation: String,
    pub since: Moment,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CopiesView {
    pub purpose: HandoverPurpose,
    /// Who keeps a copy of the list each.
    pub kept_by: Vec<String>,
    pub citation: String,
    pub since: Moment,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReceiptCopiesView {
    /// Who keeps a copy of the paper of a delivery each.
    pub kept_by: Vec<String>,
    pub citation: String,
    pub since: Moment,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LabelRuleView {
    pub category: Category,
    pub template: LabelTemplate,
    pub citation: String,
    pub since: Moment,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct WeighingView {
    pub category: Category,
    /// Whether a weight from a scale whose calibration has run out is taken.
    pub taken: bool,
    pub citation: String,
    pub since: Moment,
}

/// What is asked of a category before it is received, and with what it may share a slot.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct IntakeView {
    pub category: Category,
    /// The binding steps.
    pub steps: Vec<IntakeStep>,
    /// How far its weight may be from the list's: thousandths, and the least of it in milligrams.
    pub permille: Option<u32>,
    pub milligrams: Option<u32>,
    /// The least of it in words.
    pub least: Option<String>,
    /// The categories that may lie in one slot with it; absent when nothing is said.
    pub beside: Option<Vec<Category>>,
    pub citation: String,
}

/// How an adopted file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdoptionState {
    /// Nobody has confirmed it yet, and its day has not come.
    Waiting,
    /// Its day came without a confirmation.
    Lapsed,
    /// Confirmed; its day has not come.
    Coming,
    InForce,
    /// Another has followed it.
    Followed,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AdoptionView {
    pub entry: u64,
    pub adopted_by: String,
    pub adopted_at: Moment,
    pub begins: Moment,
    pub reason: String,
    /// SM3 of the file.
    pub digest: String,
    pub confirmed_by: Option<String>,
    pub confirmed_by_entry: Option<u64>,
    pub state: AdoptionState,
    /// What is otherwise than in the rules before it.
    pub changes: Vec<RuleChange>,
    /// Whether the one who looks may confirm it now.
    pub may_confirm: bool,
    pub text: String,
}

/// One rule that is otherwise: in figures and words of the file. Empty where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RuleChange {
    pub rule: String,
    pub before: String,
    pub after: String,
}

/// What a file says at that moment, line by line of what people compare.
fn told(rules: &Rules, at: Moment) -> Vec<(String, String)> {
    let deadlines = Deadline::ALL.iter().filter_map(|name| {
        let hours = rules.deadline(*name, at)?.rule.whole_hours();
        Some((name.word().to_owned(), format!("{hours} h")))
    });
    let placements = Category::ALL.iter().filter_map(|category| {
        let stores = &rules.placement(*category, at)?.rule;
        let stores: Vec<&str> = stores.iter().map(|kind| kind.word()).collect();
        Some((format!("placement {}", category.word()), stores.join(", ")))
    });
    let weighings = Category::ALL.iter().filter_map(|category| {
        let taken = rules.weighing(*category, at)?.rule == OverdueScale::Taken;
        let word = if taken { "taken" } else { "refused" };
        Some((format!("weighing {}", category.word()), word.to_owned()))
    });
    let intakes = Category::ALL.iter().filter_map(|category| {
        let steps: Vec<&str> = rules.intake(*category, at)?.rule.iter().map(|step| step.word()).collect();
        Some((format!("intake {}", category.word()), steps.join(", ")))
    });
    let tolerances = Category::ALL.iter().filter_map(|category| {
        let it = rules.tolerance(*category, at)?.rule;
        Some((
            format!("tolerance {}", category.word()),
            format!("{}‰，{}", it.permille, Measure::Milligram.text(it.milligrams.into(), None)),
        ))
    });
    let sharings = Category::ALL.iter().filter_map(|category| {
        let with: Vec<&str> = rules.sharing(*category, at)?.rule.iter().map(|it| it.word()).collect();
        Some((format!("sharing {}", category.word()), with.join(", ")))
    });
    let labels = Category::ALL.iter().filter_map(|category| {
        Some((format!("label {}", category.word()), rules.label(*category, at)?.rule.word().to_owned()))
    });
    let copies = HandoverPurpose::ALL.iter().filter_map(|purpose| {
        let it = rules.copies(*purpose, at)?;
        Some((format!("copies {}", purpose.word()), format!("{}; {}", it.rule.join(", "), it.citation)))
    });
    let told = deadlines.chain(placements).chain(weighings).chain(intakes).chain(tolerances);
    let receipt_copies = rules.receipt_copies(at);
    let receipt_copies = receipt_copies
        .map(|it| ("copies receipt".to_owned(), format!("{}; {}", it.rule.join(", "), it.citation)));
    told.chain(sharings).chain(copies).chain(receipt_copies).chain(labels).collect()
}

/// What is otherwise in the second than in the first.
fn changes(before: &Rules, after: &Rules, at: Moment) -> Vec<RuleChange> {
    let (before, after) = (told(before, at), told(after, at));
    let of = |told: &[(String, String)], rule: &str| {
        told.iter().find(|(name, _)| name == rule).map(|(_, said)| said.clone()).unwrap_or_default()
    };
    let mut names: Vec<&String> = before.iter().chain(&after).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    let change =
        |rule: &String| RuleChange { rule: rule.clone(), before: of(&before, rule), after: of(&after, rule) };
    names.into_iter().map(change).filter(|it| it.before != it.after).collect()
}

/// What a file would change, and which deadlines it lacks and takes from the built-in rules. Refuses what is no file of rules, and
/// impossible values, with their line.
pub fn check(app: &App, text: &str) -> Result<(Vec<RuleChange>, Vec<Deadline>), Error> {
    let rules = Rules::read(text).map_err(|error| unreadable(&error))?;
    let now = app.clock.now();
    Ok((changes(app.rules().at(now), &rules, now), rules.completed().to_vec()))
}

/// The text of the file that holds now, to be written on.
pub async fn file(app: &App) -> Result<String, Error> {
    let Some(seq) = app.rules().adopted(app.clock.now()).map(|it| it.seq) else {
        return Ok(Rules::SHIPPED.to_owned());
    };
    let adoptions = rules::adoptions(&mut app.db.read().await?).await?;
    let found = adoptions.into_iter().find(|it| it.seq == seq);
    Ok(found.ok_or(Error::NotFound(Thing::Rules))?.body.text())
}

/// The article a rule rests on; what is said beside it is for administrators and whoever works at the server's machine: they put the
/// local document in its place.
fn cited<T>(me: &Person, rule: &Effective<T>) -> String {
    if me.is(Role::Administrator) || me.id == SYSTEM { rule.cited_in_full() } else { rule.citation.clone() }
}

/// What holds now, for everybody who is logged in.
pub async fn in_force(app: &App, me: &Person) -> Result<RulesView, Error> {
    let (now, book) = (app.clock.now(), app.rules());
    let adopted = book.adopted(now);
    let rules = book.at(now);
    let begins = adopted.map(|it| it.begins);
    let since = |from: Moment| begins.map_or(from, |begins| begins.max(from));
    let deadlines = Deadline::ALL.iter().filter_map(|name| {
        let it = rules.deadline(*name, now)?;
        let (hours, citation) = (it.rule.whole_hours(), cited(me, it));
        Some(DeadlineView { name: name.word().to_owned(), hours, citation, since: since(it.from) })
    });
    let placements = Category::ALL.iter().filter_map(|category| {
        let it = rules.placement(*category, now)?;
        let (stores, citation) = (it.rule.clone(), cited(me, it));
        Some(PlacementView { category: *category, stores, citation, since: since(it.from) })
    });
    let weighings = Category::ALL.iter().filter_map(|category| {
        let it = rules.weighing(*category, now)?;
        let (taken, citation) = (it.rule == OverdueScale::Taken, cited(me, it));
        Some(WeighingView { category: *category, taken, citation, since: since(it.from) })
    });
    let intakes = Category::ALL.iter().filter_map(|category| {
        let (steps, sharing) = (rules.intake(*category, now), rules.sharing(*category, now));
        let tolerance = rules.tolerance(*category, now);
        let citations = [
            steps.map(|it| cited(me, it)),
            tolerance.map(|it| cited(me, it)),
            sharing.map(|it| cited(me, it)),
        ];
        let mut citations: Vec<String> = citations.into_iter().flatten().collect();
        citations.dedup();
        (!citations.is_empty()).then(|| IntakeView {
            category: *category,
            steps: steps.map(|it| it.rule.clone()).unwrap_or_default(),
            permille: tolerance.map(|it| it.rule.permille),
            milligrams: tolerance.map(|it| it.rule.milligrams),
            least: tolerance.map(|it| Measure::Milligram.text(it.rule.milligrams.into(), None)),
            beside: sharing.map(|it| it.rule.clone()),
            citation: citations.join("；"),
        })
    });
    let copies = HandoverPurpose::ALL.iter().filter_map(|purpose| {
        let it = rules.copies(*purpose, now)?;
        let (kept_by, citation) = (it.rule.clone(), cited(me, it));
        Some(CopiesView { purpose: *purpose, kept_by, citation, since: since(it.from) })
    });
    let labels = Category::ALL.iter().filter_map(|category| {
        let it = rules.label(*category, now)?;
        let (template, citation) = (it.rule, cited(me, it));
        Some(LabelRuleView { category: *category, template, citation, since: since(it.from) })
    });
    let receipt_copies = rules.receipt_copies(now).map(|it| {
        let (kept_by, citation) = (it.rule.clone(), cited(me, it));
        ReceiptCopiesView { kept_by, citation, since: since(it.from) }
    });
    Ok(RulesView {
        copies: copies.collect(),
        receipt_copies,
        adopted_by_entry: adopted.map(|it| it.seq),
        deadlines: deadlines.collect(),
        placements: placements.collect(),
        weighings: weighings.collect(),
        intakes: intakes.collect(),
        labels: labels.collect(),
        history: history(app, me).await?,
        may_adopt: may_adopt(me),
    })
}

async fn history(app: &App, me: &Person) -> Result<Vec<AdoptionView>, Error> {
    let mut tx = app.db.read().await?;
    let mut views = Vec::new();
    for adoption in rules::adoptions(&mut tx).await? {
        views.push(view(app, &mut tx, me, adoption).await?);
    }
    views.reverse();
    Ok(views)
}

/// Files that wait for this approver.
pub(in crate::custody) async fn to_confirm(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<AdoptionView>, Error> {
    let mut views = to_come(app, tx, me, |it| it.confirmation.is_none()).await?;
    views.retain(|view| view.may_confirm);
    Ok(views)
}

/// Files that this person has brought and whose day has not come.
pub(in crate::custody) async fn brought_by(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<AdoptionView>, Error> {
    to_come(app, tx, me, |it| it.adopted_by == me.id).await
}

async fn to_come(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    which: impl Fn(&Adoption) -> bool,
) -> Result<Vec<AdoptionView>, Error> {
    let mut views = Vec::new();
    for adoption in rules::adoptions(tx).await? {
        if adoption.body.begins() > app.clock.now() && which(&adoption) {
            views.push(view(app, tx, me, adoption).await?);
        }
    }
    Ok(views)
}

async fn view(app: &App, tx: &mut Tx, me: &Person, it: Adoption) -> Result<AdoptionView, Error> {
    let (now, book, begins) = (app.clock.now(), app.rules(), it.body.begins());
    let confirmed_by = match it.confirmation {
        Some(confirmation) => Some(people::name(tx, confirmation.by).await?),
        None => None,
    };
    let state = match (&confirmed_by, begins <= now) {
        (None, false) => AdoptionState::Waiting,
        (None, true) => AdoptionState::Lapsed,
        (Some(_), false) => AdoptionState::Coming,
        (Some(_), true) if book.adopted(now).is_some_and(|now| now.seq == it.seq) => AdoptionState::InForce,
        (Some(_), true) => AdoptionState::Followed,
    };
    let text = it.body.text();
    // What somebody put past the verbs is no file of rules: it is shown as it is, and compared with nothing.
    let changes = Rules::read(&text)
        .map(|rules| changes(book.at(begins.plus(Span::seconds(-1))), &rules, begins))
        .unwrap_or_default();
    Ok(AdoptionView {
        entry: it.seq,
        adopted_by: people::name(tx, it.adopted_by).await?,
        adopted_at: it.adopted_at,
        begins,
        reason: it.body.reason,
        digest: it.body.digest,
        confirmed_by,
        confirmed_by_entry: it.confirmation.map(|it| it.seq),
        state,
        changes,
        may_confirm: state == AdoptionState::Waiting && me.is(Role::Approver) && it.adopted_by != me.id,
        text,
    })
}

fn may_adopt(me: &Person) -> bool {
    me.is(Role::Approver) || me.is(Role::Administrator)
}

/// Brings a file of rules that shall hold from a day to come. It waits for its confirmation.
pub async fn adopt(
    app: &App,
    me: &Person,
    (text, from): (&str, NaiveDate),
    reason: &str,
) -> Result<Recorded, Error> {
    if !may_adopt(me) {
        return Err(not_to_adopt());
    }
    check(app, text)?;
    let body = Body::AdoptRules(AdoptRules::new(text, from, reason));
    Recording::new(app, me, app.ids.new_id()).record(body).await
}

/// An approver has read the file of this digest. Refuses the one who brought it.
pub async fn confirm(app: &App, me: &Person, adoption: u64, digest: &str) -> Result<Recorded, Error> {
    access::require(me, Role::Approver)?;
    let body = Body::ConfirmRules(ConfirmRules { adoption, digest: digest.trim().to_owned() });
    let recorded = Recording::new(app, me, app.ids.new_id()).record(body).await?;
    app.read_rules().await?;
    Ok(recorded)
}

/// The day as people write days.
pub fn day(text: &str) -> Result<NaiveDate, Error> {
    Moment::of_day(text).and_then(Moment::day).ok_or_else(|| {
        Invalid::new(
            "not_a_day",
            ("施行日不是日期，没有办理。", "The day is no date; nothing was done."),
            ("请按 2027-01-01 的格式填写。", "Write it like 2027-01-01."),
        )
    })
}

/// What is wrong with the day is told only to who may adopt rules.
pub fn not_a_day(me: &Person, wrong: Error) -> Error {
    if may_adopt(me) { wrong } else { not_to_adopt() }
}

fn unreadable(error: &RulesError) -> Error {
    let (zh, en) = error.sentences();
    Invalid::new(
        "rules_unreadable",
        (&zh, &en),
        (
            "没有办理。请改正文件后再做；现行的文件请管理员提供。",
            "Nothing was done. Correct the file; an administrator has the one that holds.",
        ),
    )
}

fn not_to_adopt() -> Error {
    Forbidden::new(
        "not_your_role",
        ("提出规则须由审批人或管理员办理。", "An approver or an administrator brings rules."),
        ("请联系本单位的审批人。", "Ask an approver of your unit."),
    )
}
