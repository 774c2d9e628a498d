//! What the importer was not sure of: a stable word, where it stands, and one sentence in Chinese and in English. A doubt
//! never stops the reading; a person looks at it before the row is booked.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::text::{clip, one_line};

/// One thing to look at, on one row or on the whole list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The column as the spreadsheet names it (`D`), when one cell is meant.
    pub column: Option<String>,
    pub code: DoubtCode,
    /// What the cell says, at most 200 characters.
    pub text: String,
    /// What it was compared with: another row's number, a sum, a sheet's name.
    pub against: Option<String>,
}

impl Doubt {
    pub fn new(code: DoubtCode, column: Option<String>, text: &str) -> Self {
        Self { column, code, text: clip(&one_line(text), 200), against: None }
    }

    #[must_use]
    pub fn against(mut self, what: impl Into<String>) -> Self {
        self.against = Some(what.into());
        self
    }

    /// One sentence for a Chinese reader: what was seen and what to do.
    pub fn sentence_zh(&self) -> String {
        self.fill(self.code.sentences().0)
    }

    /// The same sentence in English.
    pub fn sentence_en(&self) -> String {
        self.fill(self.code.sentences().1)
    }

    fn fill(&self, sentence: &str) -> String {
        sentence.replace("{}", self.against.as_deref().unwrap_or("?"))
    }
}

/// As programs see it: `code`, `column`, `text`, `sentence`, `sentence_en`.
impl Serialize for Doubt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Doubt", 5)?;
        fields.serialize_field("code", self.code.word())?;
        fields.serialize_field("column", &self.column)?;
        fields.serialize_field("text", &self.text)?;
        fields.serialize_field("sentence", &self.sentence_zh())?;
        fields.serialize_field("sentence_en", &self.sentence_en())?;
        fields.end()
    }
}

/// Declares the codes once: the name, the stable word and both sentences stay together. `{}` is [`Doubt::against`].
macro_rules! doubts {
    ($($name:ident $word:literal $zh:literal $en:literal)*) => {
        /// The stable name of a doubt. Words are never renamed or reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum DoubtCode { $(#[doc = $en] $name,)* }

        impl DoubtCode {
            /// Every code, in the order of this table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable word, as in the JSON lines.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            const fn sentences(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($zh, $en),)* }
            }
        }
    };
}

doubts! {
    Approximate "approximate"
        "数量是约数，请核对实物后填写准确数量。" "The quantity is approximate; look at the thing and enter the exact one."
    Uncertain "uncertain"
        "写表人注明数量不确定（？、存疑、待核、估计等），请清点后填写准确数量。" "The writer marked the quantity as not sure; count and enter the exact one."
    Changed "changed"
        "格内写明数量有过变动（更改、发还、取样、剩余、短少等），请核对现在应有的数量。" "The cell tells of a change (corrected, returned, sampled, left over, short); check how much there is now."
    Spoken "spoken"
        "金额按口语写法读出（如“十二块五”为 12.50 元），请核对。" "The amount was read as it is spoken (twelve fifty is 12.50); check it."
    SizeNotQuantity "size_not_quantity"
        "写的是容量、尺寸、电压等规格，不是数量，请填写数量。" "This is a size (storage, inches, volts), not a quantity; enter the quantity."
    NumberNotQuantity "number_not_quantity"
        "数字很长又没有单位，像电话、日期或账号，不像数量，请填写数量。" "A long number without a unit looks like a telephone number, a date or an account; enter the quantity."
    StatementsDisagree "statements_disagree"
        "同一数量写了两次，两处不一致（另一处为 {}），请核对后填写。" "The same quantity is given twice and the two differ (the other is {}); check and enter it."
    WeightsAdded "weights_added"
        "几包分别称重，已按相加的重量记账，请核对。" "Several packets are weighed one by one; their sum was taken, check it."
    Range "range"
        "数量是一个范围，请清点后填写一个数。" "The quantity is a range; count and enter one number."
    Indefinite "indefinite"
        "没有写明具体数量，请清点后填写。" "No definite quantity is given; count and enter it."
    Half "half"
        "数量中有“半”，请换算成准确数量后填写。" "The quantity says “half”; enter the exact quantity."
    Unclear "unclear"
        "数量读不懂，请改写为“数字＋单位”。" "The quantity cannot be understood; write it as a number and a unit."
    GroupingUnclear "grouping_unclear"
        "数字中的逗号位置不对，分不清是千分位还是小数点，请改写。" "The comma in the number may be a thousands separator or a decimal point; rewrite it."
    DateInQuantity "date_in_quantity"
        "数量栏里是日期（可能被电子表格自动改写），请填写数量。" "The quantity cell holds a date (a spreadsheet may have changed it by itself); enter the quantity."
    ErrorCell "error_cell"
        "单元格是公式错误，请修正公式或直接填写内容。" "The cell holds a formula error; correct the formula or type the value."
    Negative "negative"
        "数量是负数，请核对。" "The quantity is negative; check it."
    Zero "zero"
        "数量是零，请核对是否应列入清单。" "The quantity is zero; check whether the line belongs on the list."
    FinerThanUnit "finer_than_unit"
        "数量比可记账的最小单位（毫克、微升、分）还细，未作四舍五入，请填写可记账的数量。" "The quantity is finer than the smallest unit that is booked (mg, µl, fen); it was not rounded, enter one that can be booked."
    PieceNotWhole "piece_not_whole"
        "按件计数的物品数量不是整数，请核对。" "Things counted by the piece have a quantity that is not a whole number; check it."
    TooLarge "too_large"
        "数字过大，无法记账，请核对。" "The number is too large to book; check it."
    UnitMissing "unit_missing"
        "没有写计量单位，请补写。" "No unit is given; add it."
    UnitUnknown "unit_unknown"
        "不认识这个量词，暂按件计，请核对。" "The measure word is not known; taken as pieces, check it."
    UnitNotKept "unit_not_kept"
        "这种计量单位（长度、面积、外制重量、虚拟货币等）不能直接记账，请换算或按件填写。" "This unit (length, area, ounces, virtual money …) cannot be booked as it is; convert it or enter pieces."
    UnitDisagrees "unit_disagrees"
        "数量中的单位与单位栏不一致，已采用数量中的单位，请核对。" "The unit in the quantity differs from the unit column; the one in the quantity was taken, check it."
    CurrencyAssumed "currency_assumed"
        "只写了“$”，暂按美元，请核对币种。" "Only “$” is written; taken as US dollars, check the currency."
    CurrencyUnclear "currency_unclear"
        "写了不止一种币种，或币种无法识别，请写明一种。" "More than one currency is named, or one that is not known; name one."
    SeveralQuantities "several_quantities"
        "一格里有几个不同的数量，请分行登记。" "The cell holds several quantities; enter one row for each."
    MoreInCell "more_in_cell"
        "数量后面还写了别的东西，请核对是否应另行登记。" "Something else is named behind the quantity; check whether it needs a row of its own."
    MaySeveral "may_be_several"
        "量词表示可能不止一件（对、双、套、箱、捆等），请确认里面有几件。" "The measure word may stand for more than one thing (pair, set, box, bundle …); confirm how many there are."
    Multiplied "multiplied"
        "写成了乘式，暂按包装件数计，请确认总量。" "A multiplication is written; the number of packages was taken, confirm the total."
    DenominationAssumed "denomination_assumed"
        "暂按“面额×张数”计算金额，请核对。" "The amount was taken as face value × number of notes; check it."
    SumInCellDisagrees "sum_in_cell_disagrees"
        "格内算式与写出的合计不相等，请核对。" "The sum written in the cell differs from its parts; check it."
    DetailDisagrees "detail_disagrees"
        "明细相加为 {}，与数量不一致，请核对。" "The details add up to {}, which is not the quantity; check it."
    WeightBesideCount "weight_beside_count"
        "既有件数又有重量，已按重量记账，请核对。" "There is a count and a weight; the weight was taken, check it."
    WeightAsText "weight_as_text"
        "既有件数又有重量，已按件数记账，重量写入特征，请核对。" "There is a count and a weight; the count was taken and the weight kept as text, check it."
    WeightsDisagree "weights_disagree"
        "毛重、皮重、净重对不上，请核对。" "Gross, tare and net weight do not fit together; check them."
    GrossWeight "gross_weight"
        "写的是毛重，请补净重。" "This is the gross weight; add the net weight."
    BanknotesOrAmount "banknotes_or_amount"
        "款项以“张”计，分不清是张数还是金额，请写明币种和金额。" "Money is counted in notes; it is not clear whether this is the number of notes or the amount, give currency and amount."
    AmountOrValue "amount_or_value"
        "金额栏可能是估价而不是数量，请核对。" "The amount may be an estimate of value and not the quantity; check it."
    QuantityMissing "quantity_missing"
        "没有填写数量，请补写。" "The quantity is missing; add it."
    OneByNumber "one_by_number"
        "清单没有数量栏，有识别号的物品按 1 件计，请核对。" "The list has no column for quantities; a thing with a number of its own was taken as one, check it."
    QuantityFromName "quantity_from_name"
        "数量是从名称里读出的，请核对。" "The quantity was read from the name; check it."
    QuantityFromText "quantity_from_text"
        "数量是从一段文字里读出的，请核对。" "The quantity was read from running text; check it."
    QuantityMerged "quantity_merged"
        "几行共用一个合并的数量格，请逐行填写数量。" "Several rows share one merged quantity cell; enter the quantity of each row."
    NameMissing "name_missing"
        "没有填写物品名称，请补写。" "The name is missing; add it."
    SameSerial "same_serial"
        "识别号与第 {} 行相同，请核对是否重复登记。" "The serial number is the same as on row {}; check for a double entry."
    SameRow "same_row"
        "内容与第 {} 行完全相同，请核对是否重复登记。" "The row is the same as row {}; check for a double entry."
    DigitsLost "digits_lost"
        "号码超过 15 位且以数字格式保存，电子表格已把末尾几位改成零，请对照实物重填。" "The number has more than 15 digits and was saved as a number: the spreadsheet has turned its last digits into zeros; enter it again from the thing."
    CellCut "cell_cut"
        "单元格文字过长，只读入前 300 字。" "The cell is too long; only its first 300 characters were read."
    DescriptionCut "description_cut"
        "各栏文字合起来超过 1000 字，只保留前面部分，请对照原件。" "The texts of the columns together are longer than 1,000 characters; only their beginning is kept, see the original."
    BadCharacters "bad_characters"
        "有无法识别的字符（乱码），请对照原件改正。" "There are characters that could not be read; correct them from the original."
    MoreCells "more_cells_than_header"
        "这一行的格子比表头多，可能有未加引号的分隔符，各栏可能错位。" "The row has more cells than the header; a separator may stand unquoted and the columns may be shifted."
    TotalDisagrees "total_disagrees"
        "合计与各行之和（{}）不一致，请核对。" "The total differs from the sum of the rows ({}); check it."
    TextWithoutThing "text_without_thing"
        "第 {} 行有文字但没有名称和数量，未读入；如果是上一行的续写，请并入上一行。" "Row {} has text but neither name nor quantity and was not taken in; if it continues the row above, join them."
    JoinedAbove "joined_above"
        "第 {} 行没有序号和数量，已并入上一行的特征，请核对。" "Row {} has neither number nor quantity and was joined to the features of the row above; check it."
    AfterEnd "after_end"
        "这一行写在第 {} 行“以下空白”之后，请核对是否后来添加。" "This row stands below row {}, which says that nothing follows; check whether it was added later."
    HiddenRows "hidden_rows"
        "第 {} 行被隐藏或筛选掉，没有读入，请核对是否应列入清单。" "Rows {} are hidden or filtered away and were not read; check whether they belong on the list."
    HiddenColumn "hidden_column"
        "{} 列被隐藏，没有读入，请核对。" "Column {} is hidden and was not read; check it."
    HiddenSheet "hidden_sheet"
        "工作表“{}”被隐藏，没有读入，请核对。" "The sheet “{}” is hidden and was not read; check it."
    CellComment "cell_comment"
        "单元格 {} 有批注，请核对后决定是否更正。" "Cell {} has a comment; read it and decide whether to correct the row."
    StruckThrough "struck_through"
        "单元格 {} 的文字有删除线，请核对是否已删除。" "The text in cell {} is struck through; check whether it was deleted."
    TextInShape "text_in_shape"
        "表上有文本框或图形文字，没有读入，请核对。" "There is text in a shape on the sheet; it was not read, check it."
    MixedEncodings "mixed_encodings"
        "文件中有两种文字编码，第 {} 行按另一种编码读入，请核对文字。" "The file mixes two encodings; lines {} were read in the other one, check their text."
    ColumnUntitled "column_untitled"
        "这一栏没有栏名，内容已写入特征，请核对是什么。" "This column has no title; its text was kept with the features, check what it is."
    SideBySide "side_by_side"
        "这张表上并排写了几份清单，已从左到右读入，请核对。" "Several lists stand beside each other on the sheet; they were read from left to right, check them."
    OtherSheet "other_sheet_not_read"
        "工作表“{}”也像一份清单，没有读入；需要时请单独导入。" "The sheet “{}” looks like a list too and was not read; import it by itself if needed."
    ColumnRepeated "column_repeated"
        "表头中有两栏含义相同，只用了第一栏，请核对这一栏。" "Two columns have the same meaning; only the first was used, check this one."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_doubt_has_a_word_of_its_own_and_two_sentences() {
        let mut words: Vec<&str> = DoubtCode::ALL.iter().map(|code| code.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), DoubtCode::ALL.len());
        for code in DoubtCode::ALL {
            let (zh, en) = code.sentences();
            assert!(zh.ends_with('。') && en.ends_with('.'), "{code:?}");
            assert!(code.word().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code:?}");
        }
    }

    #[test]
    fn a_sentence_names_what_was_compared() {
        let doubt = Doubt::new(DoubtCode::SameSerial, Some("E".to_owned()), "861234567890123").against("12");
        assert!(doubt.sentence_zh().contains("第 12 行"));
        assert!(doubt.sentence_en().contains("row 12"));
    }
}
