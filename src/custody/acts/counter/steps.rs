//! The steps that a rule makes binding: what is missing is named, and no slot is scanned past it; the weight is compared with the
//! list's, money is counted by face values, and a second person says that they were there.

use super::{AtCounter, line::change, owed_line, receiving};
use crate::{
    app::App,
    clock::Moment,
    custody::{Conflict, Error, Invalid, admin::identity},
    domain::{
        Finding, Person, Role,
        counter::missing_steps,
        rule::{IntakeStep, Tolerance},
    },
    ledger::{Denomination, Measure, Refusal, RefusalReason},
    store::counter,
};

/// The steps that hold for this line now. What the list gives in grams is weighed wherever the rules say how far it may differ.
pub(in crate::custody) fn binding(app: &App, line: &counter::Line, now: Moment) -> Vec<IntakeStep> {
    let rules = app.rules();
    let mut steps = rules.intake(line.category, now).map(|it| it.rule.clone()).unwrap_or_default();
    let in_grams = line.measure == Measure::Milligram && rules.tolerance(line.category, now).is_some();
    if in_grams && !steps.contains(&IntakeStep::Weight) {
        steps.push(IntakeStep::Weight);
    }
    steps
}

/// Refuses a line of which a binding step is missing, or whose weight is not the list's and nobody has said why it is taken in.
pub(super) fn all_done(app: &App, line: &counter::Line, now: Moment) -> Result<(), Error> {
    let missing = missing_steps(&binding(app, line, now), &line.measure, &line.draft);
    if !missing.is_empty() {
        return Err(steps_missing(app, line, &missing, now));
    }
    match beyond(app, line, now) {
        Some(it) if line.draft.weight_reason.is_none() => Err(it.refusal(line)),
        Some(_) | None => Ok(()),
    }
}

fn steps_missing(app: &App, line: &counter::Line, missing: &[IntakeStep], now: Moment) -> Error {
    use crate::language::Language::{En, Zh};
    let named = |language| missing.iter().map(|step| step.text(language)).collect::<Vec<_>>();
    let law = app.rules().intake(line.category, now).map_or_else(String::new, |it| it.citation.clone());
    let (number, zh, en) = (&line.number, named(Zh).join("、"), named(En).join(", "));
    Conflict::new(
        "steps_missing",
        (
            &format!("{number} 还没有{zh}，不能入库（{law}）。"),
            &format!("{number} cannot be received yet; missing: {en} ({law})."),
        ),
        (
            "请在窗口页面补做，再扫库位；已做的都还在。",
            "Do it on the counter's page, then scan the slot; what was done is kept.",
        ),
    )
}

/// A net weight that is not the list's, in milligrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WeightDifference {
    pub(super) listed: i64,
    pub(super) net: i64,
    allowed: i64,
}

/// What was weighed against what the list says came, when the rules say how far they may be apart.
pub(super) fn beyond(app: &App, line: &counter::Line, now: Moment) -> Option<WeightDifference> {
    let weighing = line.draft.weighed().filter(|_| line.measure == Measure::Milligram)?;
    let tolerance: Tolerance = app.rules().tolerance(line.category, now)?.rule;
    let listed = line.came();
    let net = weighing.net_mg();
    (!tolerance.allows(listed, net)).then(|| WeightDifference {
        listed,
        net,
        allowed: tolerance.around(listed),
    })
}

impl WeightDifference {
    fn refusal(self, line: &counter::Line) -> Error {
        let grams = |milligrams: i64| Measure::Milligram.text(milligrams, None);
        let (number, apart) = (&line.number, (self.net - self.listed).abs());
        let [listed, net, apart, allowed] = [self.listed, self.net, apart, self.allowed].map(grams);
        Conflict::new(
            "weight_differs",
            (
                &format!("{number} 清单 {listed}，净重 {net}，相差 {apart}，超过允差 {allowed}，没有入库。"),
                &format!(
                    "{number}: the list says {listed}, the net weight is {net}; they differ by {apart}, more than {allowed}. It was not received."
                ),
            ),
            (
                "请去皮重称；少了的按“短少”登记实到数量；确实不符的，写明原因登记“重量不符”。",
                "Weigh it again without its packing; if less came, say so as short; if it is so, say why and it is received with a difference.",
            ),
        )
    }

    pub(super) fn finding(self, reason: &str) -> String {
        let grams = |milligrams: i64| Measure::Milligram.text(milligrams, None);
        Finding::OtherWeight.written(&[&grams(self.listed), &grams(self.net), reason])
    }
}

/// Says why the thing is taken in although it does not weigh what the list says; a difference is raised with it. Empty takes it back.
pub async fn accept_weight(app: &App, me: &Person, at: AtCounter, reason: &str) -> Result<(), Error> {
    let reason = Some(reason.trim()).filter(|reason| !reason.is_empty()).map(str::to_owned);
    let now = app.clock.now();
    change(app, me, at, |line, draft| {
        if reason.is_some() && beyond(app, line, now).is_none() {
            return Err(Conflict::new(
                "weight_agrees",
                ("重量与清单相符，不用登记不符。", "The weight is the list's; there is nothing to say."),
                ("请继续下一步。", "Go on with the next step."),
            ));
        }
        draft.weight_reason = reason;
        Ok(())
    })
    .await
}

/// The second person says that they see it: a custodian of the same unit, who proves it by their password.
pub async fn confirm_second(
    app: &App,
    me: &Person,
    at: AtCounter,
    (login, password): (&str, &str),
) -> Result<(), Error> {
    // Asked first: a wrong password says nothing about a line that is not theirs.
    let mut tx = app.db.read().await?;
    let open = receiving(&mut tx, me, at.station).await?;
    owed_line(&mut tx, &open, at.item).await?;
    drop(tx);
    let second = identity::prove(app, login.trim(), password).await?;
    if second.id == me.id {
        return Err(Refusal::from(RefusalReason::SecondPersonIsTheCustodian).into());
    }
    if second.unit != me.unit || !second.is(Role::Custodian) {
        return Err(Invalid::new(
            "second_person_not_a_custodian",
            (
                "第二人须是本单位的另一名保管员，没有记下。",
                "The second person is another custodian of this unit; nothing was noted.",
            ),
            ("请由本单位另一名保管员确认。", "Another custodian of this unit confirms it."),
        ));
    }
    change(app, me, at, |_, draft| {
        draft.second = Some(second.id);
        Ok(())
    })
    .await
}

/// Writes down how many of each face value there are: `100×35 50×2 0.5×3`. Together they are what came. Empty takes it back.
pub async fn set_denominations(app: &App, me: &Person, at: AtCounter, text: &str) -> Result<(), Error> {
    change(app, me, at, |line, draft| {
        let denominations = read_denominations(&line.measure, text).ok_or_else(not_denominations)?;
        let came = line.came();
        match Denomination::sum(&denominations) {
            _ if denominations.is_empty() => (),
            Some(sum) if sum == came => (),
            sum => return Err(do_not_add_up(line, sum, came)),
        }
        draft.denominations = denominations;
        Ok(())
    })
    .await
}

fn do_not_add_up(line: &counter::Line, sum: Option<i64>, came: i64) -> Error {
    let text = |amount| line.measure.text(amount, line.counted_as.as_deref());
    let (sum, came) = (sum.map_or_else(|| "—".to_owned(), text), text(came));
    Invalid::new(
        "denominations_differ",
        (
            &format!("各券别合计 {sum}，应为 {came}，没有记下。"),
            &format!("The face values add up to {sum}, not to {came}; they were not noted."),
        ),
        (
            "请重新清点；实到少于清单的，先登记短少。",
            "Count again; if less came than the list says, say so as short first.",
        ),
    )
}

fn not_denominations() -> Error {
    Invalid::new(
        "not_denominations",
        ("券别看不懂，没有记下。", "These face values cannot be read; they were not noted."),
        ("请写成“面值×张数”，例如 100×35 50×2 0.5×3。", "Write face × pieces, such as 100×35 50×2 0.5×3."),
    )
}

/// Face values as people type them. Nothing when a part is none, or a face value is there twice.
fn read_denominations(measure: &Measure, text: &str) -> Option<Vec<Denomination>> {
    let parts = text
        .split([' ', '\u{3000}', ',', '，', '、', ';', '；', '\n'])
        .filter(|part| !part.trim().is_empty());
    let mut found: Vec<Denomination> = Vec::new();
    for part in parts {
        let (face, pieces) = part.split_once(['×', 'x', 'X', '*', '＊', '✕'])?;
        let face = measure.read(face.trim().trim_end_matches(['元', '圆', '块']))?;
        let pieces = Measure::Piece.read(pieces.trim().trim_end_matches(['张', '枚']))?;
        if face == 0 || pieces == 0 || found.iter().any(|it| it.face == face) {
            return None;
        }
        found.push(Denomination { face, pieces });
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn face_values_are_read_as_people_type_them() {
        let cny = Measure::from_word("minor", Some("CNY")).unwrap();
        let read = |text: &str| {
            let found = read_denominations(&cny, text)?;
            Some(found.iter().map(|it| (it.face, it.pieces)).collect::<Vec<_>>())
        };
        assert_eq!(read("100×35 50x2、0.5*3枚"), Some(vec![(10_000, 35), (5_000, 2), (50, 3)]));
        assert_eq!(read("100元×1张\n1×1"), Some(vec![(10_000, 1), (100, 1)]));
        assert_eq!(read(" "), Some(vec![]));
        for wrong in ["100", "100×", "×3", "100×-1", "100×1.5", "100×0", "0×3", "100×1 100×2", "百元×3"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_sum_that_no_money_has_is_none() {
        let sum = |of: &[(i64, i64)]| {
            let all: Vec<_> =
                of.iter().map(|(face, pieces)| Denomination { face: *face, pieces: *pieces }).collect();
            Denomination::sum(&all)
        };
        assert_eq!(sum(&[(10_000, 35), (50, 3)]), Some(350_150));
        for wrong in [(i64::MAX, 2), (-1, -1), (0, 5), (5, 0)] {
            assert_eq!(sum(&[wrong]), None);
        }
    }
}
