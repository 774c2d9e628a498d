//! What is shown is what is signed, and what is not understood is not signed.

use super::*;

/// An offer of a telephone and of cash, as it is signed.
const SIGNED: &str = include_str!("offer.statement");

/// Its JSON.
fn offered() -> &'static str {
    SIGNED.strip_prefix(OFFER).unwrap()
}

fn offer() -> Vec<u8> {
    SIGNED.as_bytes().to_vec()
}

fn exchange(answers: &[u8]) -> Vec<u8> {
    let digest = sm3_hex(answers);
    let json = format!(
        concat!(
            r#"{{"concluded_at":1767574800000000,"form":2,"handover":"00000000-0000-0000-0000-000000000009","#,
            r#""lines":[{{"answer":"accepted","item":"00000000-0000-0000-0000-000000000011","number":"W26-0000001"}},"#,
            r#"{{"answer":"refused","item":"00000000-0000-0000-0000-000000000012","note":"少一百元","number":"W26-0000002"}}],"#,
            r#""nonce":"m","offer_digest":"{}","#,
            r#""to":{{"case":"00000000-0000-0000-0000-000000000004","case_number":"B检〔2026〕7号","name":"检察院","#,
            r#""unit":"00000000-0000-0000-0000-000000000003"}}}}"#
        ),
        digest
    );
    [EXCHANGE, &json].concat().into_bytes()
}

fn all(sheet: &Sheet, language: impl Fn(&Text) -> &str) -> String {
    let lines = sheet.lines.iter().flat_map(|line| {
        [line.thing.as_str()].into_iter().chain(line.details.iter().map(&language)).collect::<Vec<_>>()
    });
    let sentences = [&sheet.title].into_iter().chain(&sheet.sentences).map(&language);
    sentences.chain(lines).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_offer_is_told_with_case_sides_features_and_quantities() {
    let sheet = read(&offer(), None).unwrap().sheet();
    let (zh, en) = (all(&sheet, |text| &text.zh), all(&sheet, |text| &text.en));
    for said in [
        "W26-0000001 手机 1 部",
        "IMEI 860000000000001",
        "W26-0000002 现金 12,000.00 元",
        "A刑〔2026〕1号 王某盗窃案",
        "城东派出所",
        "检察院",
        "F-1",
        "2026-01-07 09:00",
    ] {
        assert!(zh.contains(said) && en.contains(said), "{said}:\n{zh}\n{en}");
    }
    let unnamed = String::from_utf8(offer()).unwrap().replace(r#""case_name":"王某盗窃案","#, "");
    let zh_unnamed = all(&read(unnamed.as_bytes(), None).unwrap().sheet(), |text| &text.zh);
    assert!(zh_unnamed.contains("案号：A刑〔2026〕1号\n"), "{zh_unnamed}");
    assert!(
        zh.contains("移送审查起诉") && en.contains("To prosecution") && en.contains("No seal"),
        "{zh}\n{en}"
    );
}

#[test]
fn an_exchange_is_told_by_the_offer_whose_digest_is_signed() {
    let sheet = read(&exchange(&offer()), Some(&offer())).unwrap().sheet();
    let zh = all(&sheet, |text| &text.zh);
    for said in [
        "接收 1 项，拒收 1 项",
        "IMEI 860000000000001",
        "12,000.00 元",
        "拒收，原因：少一百元",
        "B检〔2026〕7号（移交单位案号 A刑〔2026〕1号 王某盗窃案）",
    ] {
        assert!(zh.contains(said), "{said}:\n{zh}");
    }
    assert_eq!(read(&exchange(&offer()), None), Err(NotUnderstood::OfferMissing));
    let cash_hidden = String::from_utf8(offer()).unwrap().replace("现金", "旧手机一部");
    assert_eq!(read(&exchange(&offer()), Some(cash_hidden.as_bytes())), Err(NotUnderstood::AnotherOffer));
}

/// An offer that was signed before statements had a first line is answered by its own bytes.
#[test]
fn an_offer_of_the_first_form_is_answered_but_never_signed() {
    let former = offered().replace(r#""form":2,"#, "").replace(r#""counted_as":"部","#, "");
    let former =
        former.replace(r#""features":"黑色，IMEI 860000000000001","#, "").replace(r#""features":"","#, "");
    assert_eq!(read(former.as_bytes(), None), Err(NotUnderstood::UnknownKind));
    let named = [OFFER, &former].concat();
    assert_eq!(read(named.as_bytes(), None), Err(NotUnderstood::Unreadable));
    let sheet = read(&exchange(former.as_bytes()), Some(former.as_bytes())).unwrap().sheet();
    let zh = all(&sheet, |text| &text.zh);
    assert!(zh.contains("旧格式的清单没有载明") && zh.contains("12,000.00 元"), "{zh}");
}

#[test]
fn what_is_not_understood_to_its_last_character_is_refused() {
    let changed = |from: &str, to: &str| {
        let text = String::from_utf8(offer()).unwrap();
        assert!(text.contains(from), "{from}");
        read(text.replacen(from, to, 1).as_bytes(), None)
    };
    for (from, to) in [
        (r#""nonce":"n""#, r#""nonce":"n","note":"and the rest of the vault""#),
        (r#""nonce":"n""#, r#""nonce":"n","nonce":"n""#),
        (r#""quantity":1,"#, r#""quantity":0,"#),
        (r#""quantity":1,"#, r#""quantity":1.0,"#),
        (r#""unit":"minor""#, r#""unit":"kg""#),
        (r#""currency":"CNY""#, r#""currency":"一部""#),
        (r#""purpose":"to_prosecution""#, r#""purpose":"gift""#),
        (r#""form":2"#, r#""form":3"#),
        (r#""features":"","#, ""),
        (r#"{"expires_at""#, r#"{ "expires_at""#),
    ] {
        assert_eq!(changed(from, to), Err(NotUnderstood::Unreadable), "{to}");
    }
    for (from, to) in
        [(OFFER, "hufu offer v3\n"), (OFFER, "hufu offer v2"), (OFFER, ""), ("hufu offer", "Hufu offer")]
    {
        assert_eq!(changed(from, to), Err(NotUnderstood::UnknownKind), "{to:?}");
    }
    assert_eq!(read(b"any bytes", None), Err(NotUnderstood::UnknownKind));
    // A signature of one kind is never one of another: the same JSON under the other name is no statement.
    assert_eq!(
        read([EXCHANGE, offered()].concat().as_bytes(), Some(&offer())),
        Err(NotUnderstood::Unreadable)
    );
}

#[test]
fn answers_that_leave_a_line_out_or_are_anothers_are_refused() {
    let text = String::from_utf8(exchange(&offer())).unwrap();
    for (from, to) in [
        (r#""number":"W26-0000002""#, r#""number":"W26-0000003""#),
        (
            r#""unit":"00000000-0000-0000-0000-000000000003""#,
            r#""unit":"00000000-0000-0000-0000-000000000005""#,
        ),
        (
            r#""handover":"00000000-0000-0000-0000-000000000009""#,
            r#""handover":"00000000-0000-0000-0000-000000000008""#,
        ),
        (r#""form":2"#, r#""form":1"#),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_eq!(read(changed.as_bytes(), Some(&offer())), Err(NotUnderstood::Unreadable), "{to}");
    }
}

#[test]
fn a_name_cannot_turn_or_hide_what_stands_around_it() {
    let text = String::from_utf8(offer()).unwrap().replace("现金", "现\u{202E}金\u{200B}");
    let sheet = read(text.as_bytes(), None).unwrap().sheet();
    assert!(sheet.lines[1].thing.contains("现⟨U+202E⟩金⟨U+200B⟩"), "{:?}", sheet.lines[1]);
}
