//! What a person is told of a scale that gives no weight that can be taken.

use hufu_protocol::scale::Unread;
use hufu_wire::weight::refused_unit;

pub(super) const SILENT: &str =
    "电子秤没有应答：请检查电源和接线 · the scale does not answer: look at its power and cable";

/// The words of MT-SICS for "I cannot": a scale in its menu, or one that does not know the question.
const CANNOT: [&str; 3] = ["EL", "ES", "ET"];

/// A scale that shows a unit in which no weight is taken; nothing for the others.
pub(super) fn unit(unit: &str) -> Option<String> {
    let (zh, en) = refused_unit(unit)?;
    Some(format!(
        "电子秤的单位是{zh}，此单位的读数不采用：请在秤上切换到千克（kg）或克（g） · the scale weighs in {en}, and no weight is taken \
         in it: switch the scale to kg or g"
    ))
}

/// A scale that answers in a form that its protocol does not have: what it sent, and what to do.
pub(super) fn otherwise(unread: &Unread) -> String {
    let text = unread.text();
    let (zh, en) = if text.to_ascii_lowercase().contains("lb:oz") {
        (
            "单位是磅和盎司（lb:oz），不读：请在秤上切换到千克（kg）或克（g）",
            "it weighs in pounds and ounces (lb:oz), which are not read: switch the scale to kg or g",
        )
    } else if text.split(['.', ' ']).next().is_some_and(|word| CANNOT.contains(&word)) {
        (
            "秤说它不能执行：请退出秤的菜单，并核对 protocol",
            "the scale says that it cannot: leave its menu, and compare protocol in station.toml",
        )
    } else if unread.looks_garbled() {
        ("像是波特率不对：请核对 baud", "this looks like a wrong baud rate: compare baud in station.toml")
    } else {
        (
            "不是所设协议的读数：请核对 protocol 与秤的输出格式",
            "this is no weight of the protocol that is set: compare protocol in station.toml with the scale's output format",
        )
    };
    format!(
        "电子秤有应答，但没有读出重量，未采用。{zh}。收到 {unread} · the scale answers, but not with a weight, and nothing was taken: \
         {en}. It sent {unread}"
    )
}
