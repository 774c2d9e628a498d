//! Columns as somebody says that they are.

use super::*;
use crate::ledger::Particular;

fn read_as(text: &str, columns: &[(&str, Option<Role>)]) -> SeizureList {
    let columns = columns.iter().map(|(letter, role)| ((*letter).to_owned(), *role)).collect();
    read_with_columns("清单.csv", text.as_bytes(), &ChosenColumns(columns)).unwrap()
}

const LIST: &str = "序号,名称,数量,编码,说明\n1,手机,1部,861234567890121,黑色\n2,电脑,2台,,银色\n";

#[test]
fn a_column_is_read_as_somebody_says() {
    let list = read_as(LIST, &[("D", Some(Role::Imei)), ("E", Some(Role::Features))]);
    assert_eq!(list.rows[0].particulars.get(Particular::Imei), Some("861234567890121"));
    assert_eq!((&*list.rows[0].free_features(), list.rows[0].remark.as_deref()), ("说明：黑色", None));
    assert_eq!(list.rows[1].quantity, Some(2), "the columns nobody spoke of are read as before");
}

#[test]
fn what_is_not_used_goes_into_the_remark_and_is_no_doubt() {
    let list = read_as(LIST, &[("E", None)]);
    assert_eq!(list.rows[1].particulars.get(Particular::Remark), Some("说明：银色"));
    let untitled = "名称,数量,\n手机,1部,甲\n电脑,2台,乙\n外套,1件,丙\n钥匙,1把,丁\n";
    assert_eq!(words(&read(untitled).doubts), ["column_untitled"]);
    let list = read_as(untitled, &[("C", None)]);
    assert!(list.doubts.is_empty(), "{:?}", list.doubts);
    assert_eq!(list.rows[0].particulars.get(Particular::Remark), Some("C列：甲"));
}

#[test]
fn a_column_gives_way_to_the_one_that_somebody_chose() {
    let list = read_as("物品,名称,数量\n手机,张某,1部\n", &[("A", Some(Role::Name))]);
    check(&list, &["2 手机 1 piece 部"], &[1], None);
    assert_eq!(list.columns[1].role, None);
    let twice = read_as(LIST, &[("D", Some(Role::Name)), ("B", Some(Role::Name))]);
    assert_eq!(twice.rows[0].name, "手机", "the first of two");
}

#[test]
fn the_choice_holds_on_where_the_column_names_stand_again() {
    let text = "名称,数量,编码\n手机,1部,861234567890121\n名称,数量,编码\n手机,1部,861234567890139\n";
    let list = read_as(text, &[("C", Some(Role::Imei))]);
    let imeis: Vec<_> = list.rows.iter().map(|it| it.particulars.get(Particular::Imei)).collect();
    assert_eq!(imeis, [Some("861234567890121"), Some("861234567890139")]);
}

#[test]
fn tables_beside_each_other_are_chosen_by_letter() {
    let text = "序号,名称,数量,备注,序号,名称,数量,备注\n1,手机,1部,张某,2,电脑,1台,李某\n";
    let list = read_as(text, &[("H", Some(Role::Holder))]);
    assert_eq!(list.columns.iter().map(Column::table).collect::<Vec<_>>(), [0, 0, 0, 0, 1, 1, 1, 1]);
    assert_eq!(list.rows[0].holder, None);
    assert_eq!(list.rows[1].holder.as_deref(), Some("李某"));
}

#[test]
fn the_sheet_is_shown_as_it_stands_and_files_of_one_form_have_one_shape() {
    let text = format!("某局扣押清单,,,,\n案号：1,,,,\n{LIST}");
    let list = read(&text);
    assert_eq!(list.excerpt.iter().map(|it| it.row).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(list.excerpt[3].cells, ["1", "手机", "1部", "861234567890121", "黑色"]);
    assert_eq!(list.shape(), read(&LIST.replace("手机", "外套").replace("说明", "说 明")).shape());
    assert_ne!(list.shape(), read(&LIST.replace("编码", "颜色")).shape());
    let long = (1..=60).map(|n| format!("手机,{n}部\n")).collect::<String>();
    assert_eq!(read(&format!("名称,数量\n{long}")).excerpt.len(), 30, "bounded");
    let cards = read("名称,手机,数量,1部\n特征,黑色,持有人,张某\n");
    assert!(cards.is_cards() && cards.shape().is_empty());
}
