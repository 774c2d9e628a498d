//! The demo's first day: a case whose things lie in the centre, and loans at each step, so that no page of a new demo is empty.

use super::{
    arrivals::{Arrival, receipt},
    findings, losses,
    names::{person, zone},
    second_list, ways_out,
};
use crate::{
    app::App,
    clock::Span,
    custody::{
        correction::{self, CorrectionRequest, Declaration, RequestedChange, RequestedDescription, Verdict},
        loan::{self, LoanRequest},
        opening::NewCase,
        seize::{self, BY_HAND, Confirmation, ForCase, TypedRow},
    },
    domain::Person,
    id::{ApprovalId, CaseId, ItemId},
    ledger::{Body, DeliveredLine, Delivery, Draft, Seize, SeizedLine},
    store::{desk, journal},
};
use anyhow::{Context, bail};

const LIST: &str = "临公扣〔2026〕7号";

/// Records the first day in a ledger that has no case yet; any other is left as it is. The agencies' keys are entries already.
pub(super) async fn record(app: &App) -> anyhow::Result<()> {
    if desk::whole(&mut app.db.read().await?).await?.cases > 0 {
        return Ok(());
    }
    let zhang = person(app, "zhang").await?;
    let list = seize(app, &zhang).await?;
    receive(app, &zhang, &list).await?;
    lend(app, &zhang, &list.lines).await?;
    correct(app, &zhang, &list.lines).await?;
    // The camera and the crowbar are out.
    findings::count(app, &list, &[3, 4]).await?;
    let things = second_list::record(app, &zhang, &list).await?;
    ways_out::record(app, &zhang, &things).await?;
    let [.., crowbar, rucksack] = list.lines.as_slice() else {
        bail!("the list of the first day has six things")
    };
    losses::record(app, rucksack.item, crowbar.item).await?;
    type_at_the_scene(app, &zhang, list.case).await
}

/// A second list of the case was typed on a telephone and waits at the desk, one of its rows in doubt.
async fn type_at_the_scene(app: &App, officer: &Person, case: CaseId) -> anyhow::Result<()> {
    let list = seize::begin_list(app, officer, ForCase::Known(case)).await?;
    let things = [
        ("手机", "1部", "红色，后盖有划痕"),
        ("银行卡", "约5张", "不同银行"),
        ("现金人民币", "600元", "百元面额6张"),
    ];
    let rows = (BY_HAND + 1..).zip(things).map(|(row, (name, quantity, features))| TypedRow {
        name: name.to_owned(),
        quantity: quantity.to_owned(),
        features: features.to_owned(),
        ..TypedRow::empty(row)
    });
    seize::add_rows(app, officer, list, rows.collect()).await?;
    Ok(())
}

/// A list is uploaded and confirmed, as on the page.
async fn seize(app: &App, officer: &Person) -> anyhow::Result<Seize> {
    let number = "A3301060000002026010007".to_owned();
    let case = ForCase::New(NewCase { number, name: "李某某盗窃案".to_owned(), linked_to: None });
    let file = include_bytes!("first_day.csv").to_vec();
    let list = seize::read_list(app, officer, case, "first_day.csv", file).await?;
    let seized_at = Some(app.clock.now().plus(Span::hours(-20)));
    let confirmation = Confirmation { paper_number: LIST.to_owned(), seized_at, accept_list: false };
    let seq = seize::confirm(app, officer, list, &confirmation).await?.seq;
    let entry = journal::entry(&mut app.db.read().await?, seq).await?.context("the entry is there")?;
    match entry.draft.body {
        Body::Seize(it) => Ok(it),
        other => bail!("entry {seq} is no seizure: {other:?}"),
    }
}

/// Everything goes into slots, two things to each, and is concluded as one delivery.
async fn receive(app: &App, officer: &Person, list: &Seize) -> anyhow::Result<()> {
    let things = &list.lines;
    let custodian = person(app, "chen").await?;
    let (_, slots) = zone(app).await?;
    let mut arrivals = Vec::new();
    for (thing, slot) in things.iter().zip(slots.iter().flat_map(|slot| [slot.id, slot.id])) {
        let SeizedLine { item, category, quantity, .. } = *thing;
        arrivals.push(Arrival { item, category, quantity, number: thing.number.clone(), slot });
    }
    let receive = receipt(app, (&custodian, officer), LIST, &arrivals).await?;
    let receipt = app.sequencer.record(receive.clone()).await?.seq;
    findings::report_extra(app, officer, list).await?;
    let lines = things.iter().map(|thing| DeliveredLine { item: thing.item, receipt }).collect();
    let delivery = Delivery { case: list.case, delivered_by: officer.id, lines, missing: Vec::new() };
    let delivery =
        Draft { id: app.ids.new_id(), papers: Vec::new(), body: Body::Delivery(delivery), ..receive };
    app.sequencer.record(delivery).await?;
    Ok(())
}

/// One request waits for an approver, one for a custodian; two things are out and due back in a few hours.
async fn lend(app: &App, zhang: &Person, things: &[SeizedLine]) -> anyhow::Result<()> {
    let [phone, _, computer, camera, crowbar, _] = things else {
        bail!("the list of the first day has six things")
    };
    let (li, approver, custodian) =
        (person(app, "li").await?, person(app, "wang").await?, person(app, "lin").await?);
    ask(app, zhang, &[phone.item], "提取通话与聊天记录", Span::days(3)).await?;
    let to_hand_over = ask(app, &li, &[computer.item], "电子数据检验鉴定", Span::days(7)).await?;
    let out = ask(app, zhang, &[camera.item, crowbar.item], "现场辨认", Span::hours(5)).await?;
    for request in [to_hand_over, out] {
        loan::answer(app, &approver, request, &Verdict::Approve).await?;
    }
    loan::check_out(app, &custodian, out).await?;
    Ok(())
}

/// A name that was incomplete on the list is corrected with the consent of the centre, which has the thing; a seal that was misread at
/// the counter waits for the yes of both sides.
async fn correct(app: &App, zhang: &Person, things: &[SeizedLine]) -> anyhow::Result<()> {
    let [phone, other, ..] = things else { bail!("the list of the first day has six things") };
    let (li, wang) = (person(app, "li").await?, person(app, "wang").await?);
    let (chen, lin, centre) =
        (person(app, "chen").await?, person(app, "lin").await?, person(app, "ma").await?);
    let wrong = seized_by(app, phone.item).await?;
    let declared = declare(app, zhang, wrong, "名称不全，应写明型号").await?;
    let name = RequestedChange::Name { to: "苹果手机 iPhone 13".to_owned() };
    wish(app, &li, declared, other.item, name).await?;
    correction::answer(app, &wang, declared, &Verdict::Approve).await?;
    correction::answer(app, &centre, declared, &Verdict::Approve).await?;
    correction::correct(app, zhang, declared).await?;
    let declared = declare(app, &chen, wrong + 1, "封签号读错一位").await?;
    let seal = RequestedChange::Seal { to: "F-0011".to_owned() };
    wish(app, &lin, declared, phone.item, seal).await
}

async fn seized_by(app: &App, item: ItemId) -> anyhow::Result<u64> {
    let seqs = journal::seqs_of_item(&mut app.db.read().await?, item, 1).await?;
    seqs.first().copied().context("the thing was seized")
}

async fn declare(app: &App, me: &Person, wrong: u64, reason: &str) -> anyhow::Result<u64> {
    let declaration = Declaration { id: app.ids.new_id(), wrong, reason: reason.to_owned() };
    Ok(correction::declare(app, me, &declaration).await?.seq)
}

async fn wish(
    app: &App,
    me: &Person,
    declaration: u64,
    item: ItemId,
    change: RequestedChange,
) -> anyhow::Result<()> {
    let descriptions = vec![RequestedDescription { item, change, photographs: vec![] }];
    let request = CorrectionRequest { reason: "已核对实物".to_owned(), lines: vec![], descriptions };
    Ok(correction::ask(app, me, declaration, &request).await?)
}

async fn ask(
    app: &App,
    officer: &Person,
    items: &[ItemId],
    purpose: &str,
    span: Span,
) -> anyhow::Result<ApprovalId> {
    let wish = LoanRequest {
        items: items.to_vec(),
        borrower: officer.id,
        purpose: purpose.to_owned(),
        due_at: app.clock.now().plus(span),
    };
    Ok(loan::ask(app, officer, &wish).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{Builder, PasswordCost},
        custody::{
            count, difference,
            disposal::{self, DisposalStatus},
            loan::LoanStatus,
            plan::{self, FirstPassword},
        },
        domain::Rules,
        store::{Db, heads, verify},
    };

    #[tokio::test]
    async fn a_new_demo_shows_a_loan_at_each_step_and_a_second_run_adds_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("ledger.db").display())).await.unwrap();
        let made = Builder::for_service(db, Rules::shipped().unwrap(), None, String::new());
        let ledger_key = Some(folder.path().join("ledger.key"));
        let builder = Builder { ledger_key, password_cost: PasswordCost::Test, ..made };
        let app = builder.build().await.unwrap();
        let city = toml::from_str(include_str!("city.toml")).unwrap();
        plan::found(&app, &city, FirstPassword::Shared("tiger-tally-2026")).await.unwrap();

        record(&app).await.unwrap();
        let size = heads::size(&mut app.db.read().await.unwrap()).await.unwrap();
        record(&app).await.unwrap();
        assert_eq!(heads::size(&mut app.db.read().await.unwrap()).await.unwrap(), size);

        let lin = person(&app, "lin").await.unwrap();
        let loans = loan::list(&app, &lin).await.unwrap();
        let standings: Vec<_> = loans.requests.iter().map(|it| it.standing).collect();
        assert_eq!(standings, [LoanStatus::Asked, LoanStatus::Approved]);
        assert!(loans.out.len() == 2 && loans.out.iter().all(|it| it.may_take_back && !it.overdue));
        let gone = disposal::list(&app, &lin).await.unwrap().requests;
        let standings: Vec<_> = gone.iter().map(|it| it.standing).collect();
        assert_eq!(standings, [DisposalStatus::Asked, DisposalStatus::Approved, DisposalStatus::Done]);
        let mut tx = app.db.read().await.unwrap();
        let [count] = &*count::counts(&app, &lin).await.unwrap() else { panic!("one count") };
        let result = count::result(&app, &lin, count.id).await.unwrap();
        assert!(result.differences.is_empty(), "the zone agrees: {:?}", result.differences);
        let open = difference::reconciliation(&app, &lin, None).await.unwrap().open_list;
        assert!(open.len() == 1 && open[0].photograph.is_some(), "{open:?}");
        let report = verify::verify(&mut tx, app.settings.suite).await.unwrap();
        assert!(report.findings.is_empty(), "{:#?}", report.findings);
        drop(tx);
        app.db.close().await;
    }
}
