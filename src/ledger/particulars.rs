//! 财物要素: what the list says of a thing in a field of its own, beside its free features: its IMEI, its plate, who held it,
//! what it is worth and who says so.

use crate::{language::Language, vocabulary::vocabulary, width::half_width};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, btree_map};

vocabulary! {
    /// One field. In the order in which a page and a paper tell them.
    Particular "particular" {
        Brand "brand" "品牌" "Brand",
        Model "model" "型号" "Model",
        Serial "serial" "序列号" "Serial number",
        Imei "imei" "IMEI" "IMEI",
        Plate "plate" "车牌号" "Plate",
        Vin "vin" "车架号" "VIN",
        Engine "engine" "发动机号" "Engine number",
        /// A bank account, a card, a wallet's address.
        Account "account" "账号/卡号" "Account or card",
        /// 持有人: who had it in hand.
        Holder "holder" "持有人" "Holder",
        /// 所有人: whose it is.
        Owner "owner" "所有人" "Owner",
        /// 扣押地点
        Place "place" "扣押地点" "Place of seizure",
        /// 来源: how the thing came into hand.
        Source "source" "来源" "Source",
        /// 估价, as written, with its currency.
        Estimate "estimate" "估价" "Estimate",
        EstimateDate "estimate_date" "估价日期" "Date of the estimate",
        EstimateSource "estimate_source" "估价依据" "Source of the estimate",
        /// The legal paper that the line rests on, when it is another than the list.
        LegalPaper "legal_paper" "法律文书" "Legal paper",
        LegalPaperLine "legal_paper_line" "文书行号" "Line of the paper",
        Remark "remark" "备注" "Remark",
    }
}

impl Particular {
    /// Whether it tells one thing from every other thing in the world: two things that share it are one, or one is written wrongly.
    pub fn identifies(self) -> bool {
        match self {
            Particular::Serial
            | Particular::Imei
            | Particular::Plate
            | Particular::Vin
            | Particular::Engine
            | Particular::Account => true,
            Particular::Brand
            | Particular::Model
            | Particular::Holder
            | Particular::Owner
            | Particular::Place
            | Particular::Source
            | Particular::Estimate
            | Particular::EstimateDate
            | Particular::EstimateSource
            | Particular::LegalPaper
            | Particular::LegalPaperLine
            | Particular::Remark => false,
        }
    }

    /// Whether it says what the thing is worth.
    pub fn is_of_value(self) -> bool {
        matches!(self, Particular::Estimate | Particular::EstimateDate | Particular::EstimateSource)
    }

    /// Whether it is a mark of the thing itself, which a signature must cover beside its features.
    pub fn marks(self) -> bool {
        self.identifies() || matches!(self, Particular::Brand | Particular::Model)
    }
}

/// The fields that are filled. None is blank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "BTreeMap<Particular, String>")]
#[schema(value_type = BTreeMap<String, String>)]
pub struct Particulars(BTreeMap<Particular, String>);

/// A field that says nothing.
#[derive(Debug, thiserror::Error)]
#[error("the particular «{}» is blank", .0.word())]
pub struct BlankParticular(Particular);

impl TryFrom<BTreeMap<Particular, String>> for Particulars {
    type Error = BlankParticular;

    fn try_from(fields: BTreeMap<Particular, String>) -> Result<Particulars, BlankParticular> {
        match fields.iter().find(|(_, text)| text.trim().is_empty()) {
            Some((field, _)) => Err(BlankParticular(*field)),
            None => Ok(Particulars(fields)),
        }
    }
}

impl Particulars {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, field: Particular) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// Fills a field; a blank text empties it.
    pub fn set(&mut self, field: Particular, text: &str) {
        match text.trim() {
            "" => self.0.remove(&field),
            text => self.0.insert(field, text.to_owned()),
        };
    }

    pub fn iter(&self) -> btree_map::Iter<'_, Particular, String> {
        self.0.iter()
    }

    /// What identifies the thing, in the form in which two writings of it are equal ([`identifier`]). A field may name several.
    pub fn identifiers(&self) -> BTreeSet<(Particular, String)> {
        self.0
            .keys()
            .flat_map(|field| self.identifiers_in(*field).into_iter().map(|key| (*field, key)))
            .collect()
    }

    /// The same of one field.
    pub fn identifiers_in(&self, field: Particular) -> BTreeSet<String> {
        let text = self.get(field).filter(|_| field.identifies());
        text.into_iter().flat_map(identifiers).collect()
    }

    /// The features with the marks of the thing behind them, as papers and signed statements tell it: `黑色；IMEI：8612…`.
    pub fn told(&self, features: &str) -> String {
        let marks = self.0.iter().filter(|(field, _)| field.marks());
        let marks = marks.map(|(field, text)| format!("{}：{text}", field.text(Language::Zh)));
        let free = Some(features.to_owned()).filter(|it| !it.trim().is_empty());
        free.into_iter().chain(marks).collect::<Vec<_>>().join("；")
    }
}

impl<'a> IntoIterator for &'a Particulars {
    type Item = (&'a Particular, &'a String);
    type IntoIter = btree_map::Iter<'a, Particular, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The shortest writing that identifies anything: "无", "01" and "A" do not.
const SHORTEST: usize = 5;

/// All that one text names: `IMEI1 …、IMEI2 …`.
fn identifiers(text: &str) -> impl Iterator<Item = String> {
    text.split(['、', '，', ',', '；', ';', '\n']).filter_map(identifier)
}

/// The normal form of an identifier: letters and digits in upper case, full width folded, every other sign left out; nothing
/// when too little is left to tell one thing from another.
fn identifier(text: &str) -> Option<String> {
    let folded = text.chars().map(half_width);
    let key: String = folded.filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let telling = key.chars().count() >= SHORTEST && key.chars().any(|c| c.is_ascii_digit());
    telling.then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writings_of_one_identifier_are_equal() {
        for (a, b) in [
            ("86 1234-0456 7890 12", "861234045678901２"),
            ("云a·12345", "云Ａ12345"),
            ("lvshca aa1be123456", "LVSHCAAA1BE123456"),
        ] {
            assert_eq!(identifier(a), identifier(b), "{a}");
            assert!(identifier(a).is_some());
        }
    }

    #[test]
    fn what_tells_nothing_is_no_identifier() {
        for text in ["", "无", "不详", "01", "A-12", "无法辨认", "磨损不清"] {
            assert_eq!(identifier(text), None, "{text}");
        }
    }

    #[test]
    fn a_blank_field_is_refused_and_an_emptied_one_is_gone() {
        assert!(serde_json::from_str::<Particulars>(r#"{"imei":" "}"#).is_err());
        assert!(serde_json::from_str::<Particulars>(r#"{"colour":"red"}"#).is_err());
        let mut it: Particulars = serde_json::from_str(r#"{"imei":"861234045678901"}"#).expect("a field");
        it.set(Particular::Imei, "  ");
        assert!(it.is_empty());
    }

    #[test]
    fn papers_tell_the_marks_behind_the_features_and_nothing_of_people() {
        let mut it = Particulars::default();
        it.set(Particular::Imei, "861234045678901");
        it.set(Particular::Holder, "李四");
        it.set(Particular::Brand, "华为");
        assert_eq!(it.told("黑色"), "黑色；品牌：华为；IMEI：861234045678901");
        assert_eq!(Particulars::default().told("黑色"), "黑色");
        assert_eq!(it.told(""), "品牌：华为；IMEI：861234045678901");
    }
}
