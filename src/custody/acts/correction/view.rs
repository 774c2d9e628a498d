//! How a declared error stands: what was wrong, what is asked for, who has said what, and what this person may do next.

use super::{
    Error, approves,
    consent::{Consent, Consents},
    declared, may_declare, what_of,
};
use crate::{
    app::App,
    clock::Moment,
    custody::items::Both,
    documents::sentence::{self, sentence},
    domain::{Names, Person},
    id::{ItemId, PersonId},
    language::Language,
    ledger::{ApprovedCorrection, Body, Category, Mentions, Particulars, Party, state::DescriptionFacts},
    store::{
        Tx,
        corrections::{self, DeclaredError},
        damaged, facts, items, journal, names as looked_up,
    },
    vocabulary::vocabulary,
};
use serde::Serialize;

vocabulary! {
    /// How far an error has come.
    CorrectionStatus "correction.is" {
        /// Nobody has asked for a correction yet.
        Declared "declared" "已声明，待提出更正" "Declared; nobody has asked for a correction yet",
        /// Asked for; waits for an approver.
        Asked "asked" "待审批" "Waits for approval",
        /// The approver said no; waits for another wish.
        Refused "refused" "审批人不同意，待重新提出" "Refused; to be asked for again",
        /// Waits for a third person to record it.
        Approved "approved" "已批准，待登记" "Approved; waits to be recorded",
        /// The approval ran out unused; waits for another wish.
        Expired "expired" "审批已过期，待重新提出" "The approval has expired; to be asked for again",
        Corrected "corrected" "已更正" "Corrected",
    }
}

/// A declared error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CorrectionView {
    pub declaration: u64,
    pub wrong: u64,
    /// The entry that corrects it.
    pub corrected_by: Option<u64>,
    /// What the wrong entry says.
    pub wrong_sentence: Both,
    pub declared_by: String,
    pub declared_at: Moment,
    /// Why it is wrong.
    pub error: String,
    pub standing: CorrectionStatus,
    /// What is asked for, in sentences.
    pub lines: Vec<CorrectionLine>,
    /// Why it should have been so.
    pub reason: Option<String>,
    pub asked_by: Option<String>,
    pub approved_by: Option<String>,
    /// The approval's entry.
    pub approval: Option<u64>,
    pub expires_at: Option<Moment>,
    pub refused_by: Option<String>,
    pub refusal: Option<String>,
    /// The other units whose consent it needs.
    pub consents: Vec<ConsentView>,
    /// Where the items of the wrong entry are now, and who answers for them: what can be corrected.
    pub now: Vec<WhereNow>,
    /// What is written of them now.
    pub described: Vec<DescribedNow>,
    pub may_ask: bool,
    pub may_answer: bool,
    pub may_record: bool,
}

/// The consent of a unit that keeps or answers for what is corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ConsentView {
    pub unit: String,
    /// Who agreed for it; absent while it is missing.
    pub approved_by: Option<String>,
    /// The approval's entry.
    pub approval: Option<u64>,
}

/// One line that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CorrectionLine {
    pub item: ItemId,
    pub sentence: Both,
    /// Digests of what shows it.
    pub photographs: Vec<String>,
}

/// What is written of an item now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DescribedNow {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub category: Category,
    pub features: String,
    pub particulars: Particulars,
    pub seal: Option<String>,
    pub label: Option<String>,
    /// By the list.
    pub quantity_text: String,
    pub measure: &'static str,
    pub currency: Option<String>,
}

/// So much of an item in one account now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WhereNow {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    /// `stock` or `duty`.
    pub book: &'static str,
    /// As the book writes it.
    pub account: String,
    pub place: Both,
    /// In the smallest unit.
    pub quantity: i64,
    pub quantity_text: String,
    pub measure: &'static str,
    pub currency: Option<String>,
}

/// One declared error, for those who may see the wrong entry and for the approvers of the agency.
pub async fn show(app: &App, me: &Person, declaration: u64) -> Result<CorrectionView, Error> {
    let mut tx = app.db.read().await?;
    let error = declared(&mut tx, me, declaration).await?;
    view(app, &mut tx, me, error).await
}

pub(super) async fn view(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    error: DeclaredError,
) -> Result<CorrectionView, Error> {
    let missing = || damaged("declaration", "its entries are not there");
    let declaration = error.declaration.cast_unsigned();
    let wrong = journal::entry(tx, error.wrong_seq.cast_unsigned()).await?.ok_or_else(missing)?;
    let declaring = journal::entry(tx, declaration).await?.ok_or_else(missing)?;
    let Body::DeclareError(body) = &declaring.draft.body else { return Err(missing().into()) };
    let mut proposal = corrections::proposal(tx, declaration).await?;
    let what = match (&error.corrected, &proposal) {
        // What was recorded stands in the ledger, whatever is kept of how it was asked for.
        (Some(seq), _) => {
            match journal::entry(tx, seq.cast_unsigned()).await?.map(|entry| entry.draft.body) {
                Some(Body::Correct(body)) => {
                    proposal = corrections::recorded(tx, declaration, body.approval).await?.or(proposal);
                    body.what()
                }
                _ => return Err(missing().into()),
            }
        }
        (None, Some(it)) => what_of(it)?,
        (None, None) => ApprovedCorrection { declaration, lines: vec![], descriptions: vec![] },
    };
    let mut mentioned = Mentions::by([&wrong, &declaring]);
    mentioned.correction(&what);
    if let Some(it) = &proposal {
        mentioned.persons.extend([Some(it.asked_by), it.approved_by, it.refused_by].into_iter().flatten());
    }
    let described = wrong.postings.iter().map(|posting| posting.item).collect();
    let mut about = Mentions { described, ..Mentions::default() };
    if let Body::Correct(body) = &wrong.draft.body {
        about.described.extend(body.descriptions.iter().map(|it| it.item));
    }
    let touched: Vec<ItemId> = about.described.iter().copied().collect();
    mentioned.items.extend(&touched);
    let descriptions = facts::load(tx, &about).await?.descriptions;
    let (holdings, duties) = (items::holdings(tx, &touched).await?, items::duties(tx, &touched).await?);
    holdings.iter().for_each(|it| mentioned.stock(&it.account));
    duties.iter().for_each(|it| mentioned.duty(&it.account));
    let consents = match proposal.as_ref().and_then(|it| it.approval) {
        Some(request) if error.corrected.is_none() => Some(Consents::load(tx, &error, request, &what).await?),
        _ => None,
    };
    let others = consents.as_ref().map_or(&[][..], |consents| &consents.list);
    mentioned.units.extend(others.iter().map(|it| it.unit));
    mentioned.persons.extend(others.iter().filter_map(|it| it.given).map(|given| given.approver));
    let names = looked_up::names(tx, &mentioned).await?;
    let standing = standing(app, &error, proposal.as_ref(), others);
    let acting = may_declare(me, error.wrong_unit);
    let asked_by_me = proposal.as_ref().is_some_and(|it| it.asked_by == me.id);
    let approved_by_me = proposal.as_ref().is_some_and(|it| it.approved_by == Some(me.id))
        || others.iter().filter_map(|it| it.given).any(|given| given.approver == me.id);
    let my_answer_is_missing = match consents.as_ref().and_then(|consents| consents.of(me)) {
        Some(consent) => consent.given.is_none(),
        None => approves(me, &error) && proposal.as_ref().is_some_and(|it| it.approved_seq.is_none()),
    };
    let person = |id: PersonId| names.person(id);
    let stock = holdings.iter().filter(|it| it.account.is_open()).map(|it| {
        let place = Both::of(|language| sentence::place(language, &it.account, &names));
        where_now(&names, it.item, "stock", it.account.to_string(), place, it.quantity)
    });
    // Another unit's duty is not this unit's to correct.
    let own = |party: Party| party.unit == error.wrong_unit;
    let duty = duties.iter().filter(|it| it.account.party().is_some_and(own)).map(|it| {
        let place = Both::of(|language| sentence::responsible(language, &it.account, &names));
        where_now(&names, it.item, "duty", it.account.to_string(), place, it.quantity)
    });
    Ok(CorrectionView {
        declaration,
        wrong: wrong.seq,
        corrected_by: error.corrected.map(i64::cast_unsigned),
        wrong_sentence: Both::of(|language| sentence(language, &wrong.draft, &names)),
        declared_by: person(error.declared_by),
        declared_at: error.declared_at,
        error: body.reason.clone(),
        standing,
        lines: line_views(&what, &names),
        reason: proposal.as_ref().map(|it| it.reason.clone()),
        asked_by: proposal.as_ref().map(|it| person(it.asked_by)),
        approved_by: proposal.as_ref().and_then(|it| it.approved_by).map(person),
        approval: proposal.as_ref().and_then(|it| it.approved_seq).map(i64::cast_unsigned),
        expires_at: proposal.as_ref().and_then(|it| it.expires_at),
        refused_by: proposal.as_ref().and_then(|it| it.refused_by).map(person),
        refusal: proposal.as_ref().and_then(|it| it.refusal.clone()),
        consents: others.iter().map(|it| consent_view(it, &names)).collect(),
        now: stock.chain(duty).collect(),
        described: descriptions
            .into_iter()
            .filter_map(|(item, it)| described_now(&names, item, it))
            .collect(),
        may_ask: acting && !matches!(standing, CorrectionStatus::Approved | CorrectionStatus::Corrected),
        may_answer: standing == CorrectionStatus::Asked && my_answer_is_missing && !asked_by_me,
        may_record: standing == CorrectionStatus::Approved && acting && !asked_by_me && !approved_by_me,
    })
}

fn consent_view(consent: &Consent, names: &Names) -> ConsentView {
    ConsentView {
        unit: names.unit(consent.unit),
        approved_by: consent.given.map(|given| names.person(given.approver)),
        approval: consent.given.map(|given| given.given_seq.cast_unsigned()),
    }
}

/// Approved is what everybody has agreed to whom it takes; it runs out when the first of the approvals does.
fn standing(
    app: &App,
    error: &DeclaredError,
    proposal: Option<&corrections::Proposal>,
    consents: &[Consent],
) -> CorrectionStatus {
    let given: Option<Vec<Moment>> = consents.iter().map(|it| Some(it.given?.expires_at)).collect();
    match proposal {
        _ if error.corrected.is_some() => CorrectionStatus::Corrected,
        None => CorrectionStatus::Declared,
        Some(it) if it.refused_by.is_some() => CorrectionStatus::Refused,
        Some(it) => {
            match it.expires_at.zip(given).map(|(own, others)| others.into_iter().fold(own, Moment::min)) {
                Some(expires_at) if expires_at <= app.clock.now() => CorrectionStatus::Expired,
                Some(_) => CorrectionStatus::Approved,
                None => CorrectionStatus::Asked,
            }
        }
    }
}

fn where_now(
    names: &Names,
    item: ItemId,
    book: &'static str,
    account: String,
    place: Both,
    quantity: i64,
) -> WhereNow {
    let named = names.items.get(&item);
    let text = named.map(|it| it.measure.text(quantity, it.counted_as.as_deref()));
    WhereNow {
        item,
        number: named.map_or_else(String::new, |it| it.number.clone()),
        name: named.map_or_else(String::new, |it| it.name.clone()),
        book,
        account,
        place,
        quantity,
        quantity_text: text.unwrap_or_else(|| quantity.to_string()),
        measure: named.map_or("piece", |it| it.measure.word()),
        currency: named.and_then(|it| it.measure.currency()).map(|it| it.code().to_owned()),
    }
}

fn described_now(names: &Names, item: ItemId, it: DescriptionFacts) -> Option<DescribedNow> {
    let named = names.items.get(&item)?;
    Some(DescribedNow {
        item,
        number: named.number.clone(),
        name: it.name,
        category: it.category,
        features: it.features,
        particulars: it.particulars,
        seal: it.seal,
        label: it.label.map(|label| label.code),
        quantity_text: named.measure.text(it.quantity, named.counted_as.as_deref()),
        measure: named.measure.word(),
        currency: named.measure.currency().map(|it| it.code().to_owned()),
    })
}

/// What is asked for, line by line; the items in the order in which they are told.
fn line_views(what: &ApprovedCorrection, names: &Names) -> Vec<CorrectionLine> {
    let [zh, en] = [Language::Zh, Language::En].map(|language| sentence::corrected(language, what, names));
    let moved = what.lines.iter().map(|line| (line.item, &[][..]));
    let described = what.descriptions.iter().map(|it| (it.item, it.photographs.as_slice()));
    let items = moved.chain(described);
    let lines = items.zip(zh.into_iter().zip(en)).map(|((item, photographs), (zh, en))| CorrectionLine {
        item,
        sentence: Both { zh, en },
        photographs: photographs.to_vec(),
    });
    lines.collect()
}
