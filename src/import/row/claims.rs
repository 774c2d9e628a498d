//! Quantities that a row states again in its name, features or remark, compared with the one that is booked.

use super::quantity_source::QuantitySource;
use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::header::{Column, Role};
use crate::import::quantity::{Claim, Reading, Share, Stating, UnitOfMeasure, claims_in, currency_in};
use crate::import::text::{is_blank_mark, one_line};

/// Titles of columns that say whatever there is to say.
const PLAIN: &[&str] =
    &["特征", "特徵", "描述", "特点", "备", "備", "说明", "注", "eature", "escription", "emark", "ote"];

/// A text of the row, and the quantities it states.
struct Statement {
    letter: Option<String>,
    text: String,
    claims: Vec<Claim>,
}

impl QuantitySource<'_, '_> {
    /// Every text of the row that states a quantity must state the one that is booked, or the weight in the column of weights.
    pub(super) fn compare_claims(&mut self, weighed: Option<&Reading>) {
        let known = [DoubtCode::StatementsDisagree, DoubtCode::QuantityFromName, DoubtCode::WeightsDisagree];
        if self.row.doubts.iter().any(|it| known.contains(&it.code)) {
            return;
        }
        let texts = self.stating_texts();
        if texts.is_empty() {
            return;
        }
        let booked = self.row.quantity.zip(self.row.unit);
        let beside = weighed.and_then(|it| it.quantity.zip(it.unit));
        for unit in [UnitOfMeasure::Mg, UnitOfMeasure::Ul, UnitOfMeasure::Minor, UnitOfMeasure::Piece] {
            let fact = [booked, beside].into_iter().flatten().find(|(_, it)| *it == unit);
            let mut fact = fact.map(|(quantity, _)| i128::from(quantity));
            for text in &texts {
                let claims: Vec<&Claim> =
                    text.claims.iter().filter(|it| it.unit == unit && self.same_word(it)).collect();
                if let Some(fact) = fact
                    && let Some(code) = contradiction(fact, &claims, &text.claims)
                {
                    let doubt = Doubt::new(code, text.letter.clone(), &text.text);
                    self.row.doubts.push(doubt.against(one_line(&text.text)));
                    return;
                }
                // A thing counted in pieces: what the name says of its weight, the features must not deny.
                if fact.is_none()
                    && matches!(unit, UnitOfMeasure::Mg | UnitOfMeasure::Ul)
                    && let [only] = &*claims
                    && only.share == Share::Whole
                {
                    fact = Some(only.smallest);
                }
            }
        }
    }

    /// The name, and the columns that describe or remark.
    fn stating_texts(&self) -> Vec<Statement> {
        let money = self.row.currency.as_deref().and_then(|code| currency_in(code).ok().flatten());
        let mut texts = Vec::new();
        let mut add = |letter: Option<&str>, text: &str, stating| {
            let claims = claims_in(text, stating);
            if !claims.is_empty() {
                texts.push(Statement { letter: letter.map(str::to_owned), text: text.to_owned(), claims });
            }
        };
        let named = self.line.header.column(Role::Name).map(|it| &*it.letter);
        add(named, &self.row.name, Stating { at_the_end: true, alone: false, money });
        let describes = |it: &&Column| matches!(it.role, Some(Role::Features | Role::Model | Role::Remark));
        for column in self.line.header.columns.iter().filter(describes) {
            let cell = self.line.cells.iter().find(|cell| cell.column == column.index);
            let Some(cell) = cell.filter(|it| !is_blank_mark(&it.text)) else { continue };
            let alone = PLAIN.iter().any(|it| column.header.contains(it));
            add(Some(&column.letter), &cell.text, Stating { alone, at_the_end: false, money });
        }
        texts
    }

    /// Things are counted in one word; 共12页 of a file says nothing about how many files there are.
    fn same_word(&self, claim: &Claim) -> bool {
        const ANY: [&str; 5] = ["部", "台", "个", "只", "件"];
        let same =
            |word: &String| *word == claim.word || ANY.contains(&&**word) && ANY.contains(&&*claim.word);
        claim.unit != UnitOfMeasure::Piece || self.row.counted_as.as_ref().is_none_or(same)
    }
}

/// Why the claims of one text do not fit the quantity.
fn contradiction(quantity: i128, claims: &[&Claim], all: &[Claim]) -> Option<DoubtCode> {
    let of = |share| claims.iter().filter(move |it| it.share == share).map(|it| it.smallest);
    let wholes: Vec<i128> = of(Share::Whole).collect();
    let sum: i128 = wholes.iter().sum();
    if !wholes.is_empty() && !wholes.contains(&quantity) && sum != quantity {
        return Some(DoubtCode::StatementsDisagree);
    }
    if of(Share::Gross).any(|it| it < quantity) {
        return Some(DoubtCode::WeightsDisagree);
    }
    let packets: Vec<i128> = all
        .iter()
        .filter(|it| it.unit == UnitOfMeasure::Piece && it.share != Share::Each)
        .map(|it| it.smallest)
        .collect();
    let each: Vec<i128> = of(Share::Each).collect();
    match (&*packets, &*each) {
        ([packets], [each]) if each.checked_mul(*packets) != Some(quantity) => {
            Some(DoubtCode::StatementsDisagree)
        }
        _ => None,
    }
}
