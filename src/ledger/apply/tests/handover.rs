//! What giver and receiver sign, as a row speaks of it.

use super::{
    day::Day,
    draft::measure,
    keys,
    row::{Line, Row, id, party},
};
use crate::ledger::{
    Answer, AnsweredLine, Body, ConclusionStatement, Edition, Exchange, HandoverPurpose, NamedParty,
    OfferStatement, OfferTold, OfferedLine, Signature, SignatureSuite, SignerRole, StatementForm, Suggestion,
    part_received, roster::UnitFacts,
};

impl Day {
    pub(super) fn offer(&self, row: &Row) -> OfferStatement {
        let form = StatementForm::of(self.edition);
        let second = form == StatementForm::Second;
        let written = |it: &Line| self.state.descriptions.get(&id(it.item)).filter(|_| second);
        let told = |key: &str, written: Option<&String>, unwritten: &str| match row.options.get(key) {
            Some(told) => (*told).to_owned(),
            None => written.map_or(unwritten, String::as_str).to_owned(),
        };
        let line = |it: &Line| OfferedLine {
            item: id(it.item),
            number: row.option("number", it.item).to_owned(),
            name: told("told", written(it).map(|it| &it.name), "手机"),
            features: second.then(|| told("features", written(it).map(|it| &it.features), "黑色")),
            quantity: it.quantity,
            measure: measure(row.option("measure", it.item)),
            counted_as: row.options.get("counted_as").map(|word| (*word).to_owned()),
            seal: row.options.get("seal").map(|seal| (*seal).to_owned()),
            not_received: (self.owed(it.item) > 0) != row.options.contains_key("untold"),
            received: match row.options.get("received") {
                Some(received) => received.parse().ok(),
                None => part_received(it.quantity, self.owed(it.item)),
            },
            photographs: vec![],
            place: "一号架".to_owned(),
            suggestion: Suggestion::KeepForTrial,
        };
        OfferStatement {
            form,
            handover: id(row.name(0)),
            purpose: HandoverPurpose::from_word(row.option("purpose", "to_prosecution")).unwrap(),
            from: self.named(row, row.name(1)),
            to_unit: id(row.name(2)),
            to_name: match row.options.get("to_called") {
                Some(called) => (*called).to_owned(),
                None => self.name_of(row.name(2)),
            },
            made_at: self.at(row, "made", 0),
            expires_at: self.at(row, "expires", 24 * 60),
            told: OfferTold::default(),
            lines: row.lines.iter().map(line).collect(),
            nonce: "n".to_owned(),
        }
    }

    /// Whether an offer of today says that it was never handed in.
    fn owed(&self, item: &str) -> i64 {
        if self.edition < Edition::THIRD { 0 } else { self.state.owed_quantity(id(item)) }
    }

    pub(super) fn exchange(&self, row: &Row) -> Exchange {
        let line = |(item, mark): &(&str, char)| AnsweredLine {
            item: id(item),
            number: row.option("number", item).to_owned(),
            answer: match mark {
                '+' => Answer::Accepted,
                '~' => Answer::AcceptedWithRemark(row.option("note", "封签有磨损").to_owned()),
                _ => Answer::Refused(row.option("note", "实物不符").to_owned()),
            },
        };
        let offer = self.state.offers.get(&id(row.name(0))).map(|offer| offer.digest.clone());
        let refused = row.answers.iter().filter(|(_, mark)| *mark == '-');
        let differences =
            refused.zip(row.list("diff")).map(|((item, _), name)| self.difference(row, name, Some(id(item))));
        Exchange {
            statement: ConclusionStatement {
                form: StatementForm::of(self.edition),
                handover: id(row.name(0)),
                offer_digest: row
                    .options
                    .get("digest")
                    .map_or(offer.unwrap_or_default(), |it| (*it).to_owned()),
                to: self.named(row, row.name(1)),
                concluded_at: self.at(row, "concluded", 0),
                lines: row.answers.iter().map(line).collect(),
                nonce: "m".to_owned(),
            },
            differences: differences.collect(),
        }
    }

    /// As the unit is registered; by its id where it is not.
    fn name_of(&self, unit: &str) -> String {
        self.state.roster.units.get(&id(unit)).map_or(unit.to_owned(), UnitFacts::full_name)
    }

    fn named(&self, row: &Row, text: &str) -> NamedParty {
        let (unit, _) = text.split_once('/').unwrap_or((text, ""));
        let name = if self.state.roster.units.is_empty() { text.to_owned() } else { self.name_of(unit) };
        NamedParty {
            party: party(text),
            name: row.options.get("called").map_or(name, |called| (*called).to_owned()),
            case_name: None,
            case_number: text.to_owned(),
        }
    }

    /// The signature the entry needs, or what the row's `sign=` makes of it.
    pub(super) fn signatures(&self, row: &Row, body: &Body) -> Vec<Signature> {
        let (role, unit, statement) = match body {
            Body::Offer(it) => (SignerRole::Giver, it.statement.from.party.unit, it.statement.signed_bytes()),
            Body::Exchange(it) => {
                (SignerRole::Receiver, it.statement.to.party.unit, it.statement.signed_bytes())
            }
            _ => return vec![],
        };
        let proper = Signature {
            role,
            person: id(row.who),
            unit,
            key: keys::ANY_KEY.to_owned(),
            suite: SignatureSuite::Sm2Sm3,
            digest: SignatureSuite::Sm2Sm3.digest(&statement.unwrap()),
            value: String::new(),
            signed_at: self.now,
        };
        match row.option("sign", "") {
            "none" => vec![],
            "twice" => vec![proper.clone(), proper],
            key @ ("K1" | "K2" | "K3" | "K5" | "KB" | "other_key") => {
                vec![Signature { key: keys::key(key), ..proper }]
            }
            "other_text" => vec![Signature { digest: SignatureSuite::Sm2Sm3.digest(b"?"), ..proper }],
            "other_person" => vec![Signature { person: id("stranger"), ..proper }],
            "other_unit" => vec![Signature { unit: id("Z"), ..proper }],
            _ => vec![proper],
        }
    }
}
