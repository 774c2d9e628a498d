//! One row of the list → one thing: its name, its quantity, its features, and what is in doubt.

use super::doubt::{Doubt, DoubtCode};
use super::header::{Column, Header, Role, letters};
use super::quantity::{self, About, Currency, Decimal, Reading, Thing, UnitOfMeasure, currency_in};
use super::sheet::{Cell, Kind, Sheet};
use super::text::{fold, is_blank_mark, is_ditto, one_line, squeeze};

/// One thing on the list, as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRow {
    /// The row's number as the spreadsheet shows it.
    pub row: u32,
    /// The line's number on the paper.
    pub line_number: Option<String>,
    pub name: String,
    /// In the smallest unit: pieces, milligrams, microlitres, fen. Nothing when it is in doubt.
    pub quantity: Option<i64>,
    pub unit: Option<UnitOfMeasure>,
    /// ISO 4217, for money.
    pub currency: Option<String>,
    /// The measure word as written: 部, 张, 克.
    pub counted_as: Option<String>,
    /// The features column and every other column that describes the thing, each under its name.
    pub features: String,
    pub category: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub holder: Option<String>,
    /// An estimate of value, as written.
    pub value: Option<String>,
    pub source: Option<String>,
    pub remark: Option<String>,
    pub doubts: Vec<Doubt>,
}

/// What a row hands down to the next one, for 同上.
#[derive(Clone, Debug, Default)]
pub(super) struct Carry {
    name: String,
    unit: String,
    holder: String,
    source: String,
}

/// The numbers a total row may add up, as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) quantity: Option<Decimal>,
    pub(super) weight: Option<Decimal>,
    pub(super) amount: Option<Decimal>,
}

/// A row under the header it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) header: &'a Header,
    pub(super) row: u32,
    pub(super) cells: &'a [Cell],
}

impl<'a> Line<'a> {
    /// The cell of a role on this very row.
    pub(super) fn own(&self, role: Role) -> Option<&'a Cell> {
        let column = self.header.column(role)?;
        self.cells.iter().find(|cell| cell.column == column.index)
    }

    /// The cell of a role that is merged down into this row from above.
    pub(super) fn from_above(&self, role: Role) -> Option<&'a Cell> {
        let column = self.header.column(role)?;
        let merge = self.sheet.merge_at(self.row, column.index).filter(|it| it.first_row < self.row)?;
        self.sheet
            .cell(merge.first_row, merge.first_column)
            .filter(|_| merge.first_row > self.header.last_row)
    }

    /// Whether the role's cell is merged over several rows of which not all share one name.
    fn shared_between_things(&self, role: Role) -> bool {
        let rows_of = |role| {
            let column = self.header.column(role)?;
            self.sheet.merge_at(self.row, column.index).filter(|it| it.last_row > it.first_row)
        };
        match (rows_of(role), rows_of(Role::Name)) {
            (Some(merged), Some(name)) => {
                merged.first_row < name.first_row || merged.last_row > name.last_row
            }
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// The text of a role, without error values and without marks for "nothing".
    fn text(&self, role: Role) -> &'a str {
        let usable = |cell: &&Cell| cell.kind != Kind::Error && !is_blank_mark(&cell.text);
        self.own(role).filter(usable).map_or("", |cell| &*cell.text)
    }

    fn text_or_above(&self, role: Role) -> &'a str {
        match self.text(role) {
            "" if self.own(role).is_none() => self.from_above(role).map_or("", |cell| &*cell.text),
            text => text,
        }
    }

    fn letter(&self, role: Role) -> Option<String> {
        self.header.column(role).map(|column| column.letter.clone())
    }

    fn header_unit(&self, role: Role) -> &'a str {
        self.header.column(role).map_or("", |column| &*column.unit)
    }

    /// Whether this row says how much there is, in whatever column.
    pub(super) fn says_quantity(&self) -> bool {
        [Role::Quantity, Role::Weight, Role::Amount]
            .into_iter()
            .any(|role| !self.text(role).is_empty() || self.is_error(role))
    }

    fn is_error(&self, role: Role) -> bool {
        self.own(role).is_some_and(|cell| cell.kind == Kind::Error)
    }

    /// Whether the quantity column holds a quantity that can be booked.
    pub(super) fn counts_clearly(&self) -> bool {
        [Role::Quantity, Role::Weight, Role::Amount].into_iter().any(|role| {
            let about = About { unit: self.header_unit(role), ..About::default() };
            !self.text(role).is_empty() && quantity::read(self.text(role), about).quantity.is_some()
        })
    }

    /// Reads the row as a thing.
    pub(super) fn read(&self, carry: &mut Carry) -> (ListRow, Typed) {
        let mut row = ListRow { row: self.row, ..ListRow::default() };
        self.look_at_cells(&mut row);
        row.name = one_line(&ditto(self.text_or_above(Role::Name), &mut carry.name));
        if row.name.is_empty() {
            row.doubts.push(Doubt::new(DoubtCode::NameMissing, self.letter(Role::Name), ""));
        }
        let unit = ditto(self.text_or_above(Role::Unit), &mut carry.unit);
        row.holder = filled(&ditto(self.text_or_above(Role::Holder), &mut carry.holder));
        row.source = filled(&ditto(self.text_or_above(Role::Source), &mut carry.source));
        row.category = filled(self.text_or_above(Role::Category));
        row.model = filled(self.text(Role::Model));
        row.remark = filled(self.text(Role::Remark));
        row.value = filled(self.text(Role::Value));
        row.serial = filled(&fold(self.text(Role::Serial)));
        let number = one_line(self.text(Role::LineNumber));
        if is_small_number(&number) || row.serial.is_some() {
            row.line_number = filled(&number);
        } else {
            row.serial = filled(&fold(&number));
        }
        let mut features = self.features();
        let typed = Booking { line: self, row: &mut row, features: &mut features, unit: &unit }.book();
        row.features = features.join("；");
        (row, typed)
    }

    /// Doubts that are about the cells themselves, whatever they mean.
    fn look_at_cells(&self, row: &mut ListRow) {
        let last = self.header.columns.iter().map(|column| column.index).max().unwrap_or(0);
        for cell in self.cells {
            let role = self.header.columns.iter().find(|it| it.index == cell.column).and_then(|it| it.role);
            let code = match (cell.kind, role) {
                (Kind::Error, Some(_)) => DoubtCode::ErrorCell,
                (Kind::LongNumber, Some(Role::Serial | Role::LineNumber)) => DoubtCode::DigitsLost,
                _ if cell.cut => DoubtCode::CellCut,
                _ if cell.text.contains('\u{FFFD}') => DoubtCode::BadCharacters,
                _ => continue,
            };
            row.doubts.push(Doubt::new(code, Some(letters(cell.column)), &cell.text));
        }
        if let Some(cell) = self.cells.iter().find(|cell| cell.column > last) {
            row.doubts.push(Doubt::new(DoubtCode::MoreCells, Some(letters(cell.column)), &cell.text));
        }
    }

    /// Every describing column: the features column as it is, the others under their names.
    pub(super) fn features(&self) -> Vec<String> {
        let describes = |column: &&Column| matches!(column.role, Some(Role::Features | Role::Model));
        let texts = self.header.columns.iter().filter(describes).filter_map(|column| {
            let cell =
                self.cells.iter().find(|cell| cell.column == column.index && cell.kind != Kind::Error)?;
            let text = one_line(&cell.text);
            let plain = ["特征", "描述", "特点", "feature", "description"]
                .iter()
                .any(|it| squeeze(&column.header).contains(it));
            (!is_blank_mark(&text)).then(|| if plain { text } else { format!("{}：{text}", column.header) })
        });
        texts.collect()
    }

    /// What a continuation row adds to the thing above.
    pub(super) fn further_features(&self) -> Vec<String> {
        let mut features = self.features();
        for role in [Role::Serial, Role::Remark] {
            features.extend(filled(self.text(role)));
        }
        features
    }
}

/// Decides which of the columns says how much there is.
struct Booking<'a, 'b> {
    line: &'b Line<'a>,
    row: &'b mut ListRow,
    features: &'b mut Vec<String>,
    unit: &'b str,
}

impl Booking<'_, '_> {
    fn book(mut self) -> Typed {
        let line = *self.line;
        let (quantity, weight, amount) =
            (line.text(Role::Quantity), line.text(Role::Weight), line.text(Role::Amount));
        let thing = thing(&self.row.name, self.row.category.as_deref().unwrap_or_default());
        let currency = self.currency(thing);
        let about = |role| {
            let unit = if role == Role::Quantity && !self.unit.is_empty() {
                self.unit
            } else {
                line.header_unit(role)
            };
            About { unit, currency, thing }
        };
        let counted = (!quantity.is_empty()).then(|| self.count(quantity, about(Role::Quantity)));
        let weighed = (!weight.is_empty()).then(|| quantity::read(weight, weight_unit(about(Role::Weight))));
        let paid = (!amount.is_empty())
            .then(|| quantity::read(amount, About { thing: Thing::Money, ..about(Role::Amount) }));
        let typed = Typed {
            quantity: counted.as_ref().and_then(|it| it.typed),
            weight: weighed.as_ref().and_then(|it| it.typed),
            amount: paid.as_ref().and_then(|it| it.typed),
        };
        if line.is_error(Role::Quantity) {
            return typed;
        }
        if line.shared_between_things(Role::Quantity) {
            let text = line
                .own(Role::Quantity)
                .or_else(|| line.from_above(Role::Quantity))
                .map_or("", |cell| &*cell.text);
            self.doubt(DoubtCode::QuantityMerged, Role::Quantity, text);
            return typed;
        }
        match (counted, weighed, paid) {
            (Some(count), _, Some(paid))
                if thing == Thing::Money && count.unit == Some(UnitOfMeasure::Piece) =>
            {
                self.keep("数量", &beside(quantity, self.unit));
                self.take(paid, Role::Amount, amount);
            }
            (Some(count), Some(mut weighed), _)
                if count.unit == Some(UnitOfMeasure::Piece) && thing == Thing::Drug =>
            {
                self.keep("数量", &beside(quantity, self.unit));
                weighed.doubts.push(DoubtCode::WeightBesideCount);
                self.take(weighed, Role::Weight, weight);
            }
            (Some(mut count), weighed, paid) => {
                if weighed.is_some() {
                    self.keep("重量", &beside(weight, line.header_unit(Role::Weight)));
                }
                if paid.is_some() && self.row.value.is_none() {
                    self.row.value = filled(&beside(amount, line.header_unit(Role::Amount)));
                }
                if thing == Thing::Money && count.unit == Some(UnitOfMeasure::Piece) {
                    count.doubts.push(DoubtCode::BanknotesOrAmount);
                }
                self.take(count, Role::Quantity, quantity);
            }
            (None, Some(weighed), _) => self.take(weighed, Role::Weight, weight),
            (None, None, Some(mut paid))
                if thing == Thing::Money || line.header.column(Role::Quantity).is_none() =>
            {
                if thing != Thing::Money {
                    paid.doubts.push(DoubtCode::AmountOrValue);
                }
                self.take(paid, Role::Amount, amount);
            }
            (None, None, paid) => {
                if paid.is_some() && self.row.value.is_none() {
                    self.row.value = filled(&beside(amount, line.header_unit(Role::Amount)));
                }
                self.count_in_name(thing, currency);
            }
        }
        typed
    }

    /// The quantity column; with a face value beside it, notes become an amount.
    fn count(&self, text: &str, about: About<'_>) -> Reading {
        let face = self.line.text(Role::FaceValue);
        let date = self.line.own(Role::Quantity).is_some_and(|cell| cell.kind == Kind::Date);
        if date {
            return Reading {
                doubts: vec![DoubtCode::DateInQuantity],
                says_more: true,
                ..Reading::default()
            };
        }
        if about.thing == Thing::Money && !face.is_empty() {
            let unit = if face.chars().all(|c| c.is_ascii_digit()) { "元" } else { "" };
            return quantity::read(&format!("{face}{unit}×{text}"), About { unit: "", ..about });
        }
        quantity::read(text, about)
    }

    /// No quantity anywhere: the name may hold one (手机2部).
    fn count_in_name(&mut self, thing: Thing, currency: Option<Currency>) {
        let folded = fold(&self.row.name);
        let about = About { unit: "", currency, thing };
        match quantity::trailing(&folded, thing == Thing::Money) {
            Some((name, tail)) if !name.is_empty() => {
                let mut reading = quantity::read(tail, about);
                reading.doubts.push(DoubtCode::QuantityFromName);
                let (name, whole) = (name.to_owned(), self.row.name.clone());
                self.row.name = name;
                self.take(reading, Role::Name, &whole);
            }
            _ => self.doubt(DoubtCode::QuantityMissing, Role::Quantity, ""),
        }
    }

    fn take(&mut self, reading: Reading, role: Role, text: &str) {
        for code in reading.doubts {
            self.doubt(code, role, text);
        }
        if let (Some(sum), Some(doubt)) =
            (reading.detail_sum, self.row.doubts.iter_mut().find(|it| it.code == DoubtCode::DetailDisagrees))
        {
            doubt.against = Some(sum);
        }
        if reading.says_more {
            self.keep("数量原文", &beside(text, if role == Role::Quantity { self.unit } else { "" }));
        }
        self.row.quantity = reading.quantity;
        self.row.unit = reading.unit;
        self.row.currency = reading.currency.map(str::to_owned);
        self.row.counted_as = reading.counted_as;
    }

    fn currency(&mut self, thing: Thing) -> Option<Currency> {
        let column = self.line.text(Role::Currency);
        if column.is_empty() {
            return (thing == Thing::Money)
                .then(|| currency_in(&fold(&self.row.name)).ok().flatten())
                .flatten();
        }
        let named = currency_in(&fold(column)).ok().flatten();
        if named.is_none() && thing == Thing::Money {
            self.doubt(DoubtCode::CurrencyUnclear, Role::Currency, column);
        }
        named.filter(|_| thing == Thing::Money)
    }

    fn doubt(&mut self, code: DoubtCode, role: Role, text: &str) {
        let seen = self.row.doubts.iter().any(|it| it.code == code);
        if !seen {
            self.row.doubts.push(Doubt::new(code, self.line.letter(role), text));
        }
    }

    fn keep(&mut self, label: &str, text: &str) {
        self.features.push(format!("{label}：{}", one_line(text)));
    }
}

/// 重量 without a unit is in doubt, never a number of pieces.
fn weight_unit(about: About<'_>) -> About<'_> {
    About { thing: Thing::Drug, ..about }
}

/// A number and the unit beside it, as one text.
fn beside(text: &str, unit: &str) -> String {
    let text = one_line(text);
    if text.ends_with(|c: char| c.is_ascii_digit()) { format!("{text}{}", one_line(unit)) } else { text }
}

fn filled(text: &str) -> Option<String> {
    let text = one_line(text);
    (!text.is_empty()).then_some(text)
}

fn ditto(text: &str, carry: &mut String) -> String {
    if !is_ditto(text) {
        text.clone_into(carry);
    }
    carry.clone()
}

/// A line number; anything longer, or with letters, is the number of the thing itself.
pub(super) fn is_small_number(text: &str) -> bool {
    let folded = fold(text);
    let digits = folded.trim_matches(['.', '、', '(', ')', ' ']);
    digits.len() <= 6 && digits.chars().all(|c| c.is_ascii_digit() || c == '-')
}

/// What kind of thing a name names: money, drugs, or neither.
fn thing(name: &str, category: &str) -> Thing {
    const MONEY: &str =
        "现金 现钞 钱款 赃款 涉案款 违法所得款 货款 毒资 赌资 款项 纸币 硬币 外币 钞票 货币 备用金 零钱";
    const NOT_MONEY: &str = "点钞 验钞 假 伪 疑似 纪念 古 游戏 比特 虚拟 数字 钱包 钱币 存单 存折 支票 汇票 现金箱 现金盒 现金柜 现金卡 收银 币册";
    const DRUGS: &str = "毒品 海洛因 冰毒 甲基苯丙胺 苯丙胺 氯胺酮 k粉 麻古 麻果 摇头丸 可卡因 鸦片 吗啡 大麻 罂粟 杜冷丁 美沙酮 芬太尼 依托咪酯 合成大麻素 γ-羟丁酸 恰特草 曲马多 咖啡因";
    let has = |words: &str, text: &str| words.split(' ').any(|word| text.contains(word));
    let name = squeeze(name);
    if has(DRUGS, &name) || squeeze(category).contains("毒品") {
        return Thing::Drug;
    }
    if has(NOT_MONEY, &name) {
        return Thing::Ordinary;
    }
    // A currency named in Chinese; Latin letters (CAD) may be anything unless they stand alone.
    let spelled = ["币", "元", "圆", "金", "镑", "铢", "卢布", "盾", "郎"].iter().any(|it| name.contains(it))
        || name.len() == 3;
    let currency = spelled && currency_in(&name).is_ok_and(|it| it.is_some());
    if currency || has(MONEY, &name) { Thing::Money } else { Thing::Ordinary }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_drugs_are_known_by_name() {
        for (name, expected) in [
            ("现金人民币", Thing::Money),
            ("人民币", Thing::Money),
            ("美元", Thing::Money),
            ("现 金", Thing::Money),
            ("USD", Thing::Money),
            ("赌资", Thing::Money),
            ("点钞机", Thing::Ordinary),
            ("假人民币", Thing::Ordinary),
            ("疑似假币", Thing::Ordinary),
            ("CAD光盘", Thing::Ordinary),
            ("手机", Thing::Ordinary),
            ("白色晶体（疑似冰毒）", Thing::Drug),
            ("甲基苯丙胺片剂", Thing::Drug),
        ] {
            assert_eq!(thing(name, ""), expected, "{name}");
        }
        assert_eq!(thing("白色粉末", "毒品"), Thing::Drug);
    }
}
