//! The tiger tally: two halves that close when a handover is concluded.

use super::draw::{Anchor, Role, picture, text, wrapped};
use crate::web::words::{Words, WordsError};

/// A handover as its tally shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub state: TallyState,
    /// The units' names, under their halves.
    pub giver: String,
    pub receiver: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TallyState {
    /// Nobody has signed, or it was withdrawn or has expired.
    Open,
    /// The giver has signed; the receiver is to answer.
    Half,
    /// Both have signed.
    Closed,
}

/// 480 × 248.
pub fn tally(words: &Words, it: &Tally) -> Result<String, WordsError> {
    let (class, key, gap, signed) = match it.state {
        TallyState::Open => ("tally", "picture.tally_open", 28, (false, false)),
        TallyState::Half => ("tally", "picture.tally_half", 10, (true, false)),
        TallyState::Closed => ("tally concluded", "picture.tally_closed", 0, (true, true)),
    };
    let sentence = words.text(key, &[("giver", &it.giver), ("receiver", &it.receiver)])?;
    let content = [
        half("giver", signed.0, 40 - gap, FRONT),
        half("receiver", signed.1, 40 + gap, BACK),
        name(120, &words.text("picture.giver", &[])?, &it.giver),
        name(360, &words.text("picture.receiver", &[])?, &it.receiver),
    ];
    let title = words.text("picture.tally_title", &[])?;
    Ok(picture(Role::Image, class, (480, 248), (&title, &sentence), &content.concat()))
}

/// The closed tally alone, as the sign of the house. 400 × 188.
pub fn emblem(words: &Words) -> Result<String, WordsError> {
    let content = half("giver", true, 8, FRONT) + &half("receiver", true, 8, BACK);
    let (name, mark) = (words.text("app.name", &[])?, words.text("app.mark", &[])?);
    Ok(picture(Role::Image, "tally concluded", (400, 188), (&name, &mark), &content))
}

fn half(class: &str, signed: bool, x: i32, shape: &Half) -> String {
    let signed = if signed { " signed" } else { "" };
    let Half { far, body, eye, inlay } = shape;
    format!(
        "<g transform=\"translate({x} 0)\"><g class=\"{class}{signed}\"><path class=\"body far\" d=\"{far}\"/>\
         <path class=\"body\" d=\"{body}\"/><path class=\"inlay\" d=\"{inlay}\"/>\
         <path class=\"eye\" d=\"{eye}\"/><path class=\"seam\" d=\"{SEAM}\"/></g></g>"
    )
}

fn name(x: u32, role: &str, unit: &str) -> String {
    let mut lines = text((x, 200), Anchor::Middle, "small", role);
    for (line, y) in wrapped(unit, 16, 2).iter().zip([220, 238]) {
        lines.push_str(&text((x, y), Anchor::Middle, "strong", line));
    }
    lines
}

/// One half of the tiger, walking left: the far leg, the body, the eye (or tail ring), the gold inlay. The halves
/// share the seam at x = 206, where the front's tenon enters the back.
struct Half {
    far: &'static str,
    body: &'static str,
    eye: &'static str,
    inlay: &'static str,
}

const SEAM: &str = "M206 62V90L218 101 206 112V139";

const FRONT: &Half = &Half {
    far: "M124 130C131 142 135 150 132 160 129 165 124 167 124 172 124 175 126 176 129 176H152C156 176 157 171 \
          156 166 154 154 158 146 166 136Z",
    body: "M206 62C180 65 152 58 132 50 122 46 112 45 103 46 99 33 81 35 80 50 72 51 66 53 61 57 52 63 44 67 37 \
           71 31 75 30 82 34 88L36 92C42 94 47 93 52 92 50 96 46 98 45 102 46 108 54 110 62 110 70 111 78 112 84 \
           114 90 124 92 132 91 140 90 150 87 158 82 163 76 165 71 167 71 172 71 175 73 176 76 176H110C115 176 \
           116 172 116 168 115 158 118 144 128 134 150 140 180 141 206 139V112L218 101 206 90Z",
    eye: "M60 70C63 65 70 65 73 69 69 73 63 73 60 70Z",
    inlay: "M88 52C88 45 95 43 98 49M38 77L44 79M56 100C66 102 76 98 80 90M96 74C102 84 102 96 96 106M116 52C120 \
            66 120 82 112 96M136 58C142 72 142 88 134 104M158 64C164 76 165 92 158 110M182 68C188 80 189 92 \
            184 104M98 146L110 143M96 158L109 156M80 176V171M90 176V171M100 176V171",
};

const BACK: &Half = &Half {
    far: "M298 140C312 146 322 152 324 160 322 166 316 168 316 172 316 175 318 176 321 176H344C348 176 349 172 347 \
          168 342 154 334 140 322 118Z",
    body: "M206 62C240 56 286 52 312 64 320 70 326 76 334 76 352 76 360 60 354 48 350 40 342 46 338 40 334 34 340 \
           27 350 28 366 30 376 46 372 66 366 92 340 97 323 93 327 110 324 126 314 138 304 148 294 152 291 160 289 \
           166 289 171 286 174 285 176 282 176 280 176H244C240 176 239 172 241 169 244 165 251 163 253 158 255 148 \
           250 138 244 129 232 135 220 138 206 139V112L218 101 206 90Z",
    eye: "M349 33a3 3 0 1 1 0 6a3 3 0 1 1 0-6",
    inlay: "M228 66C234 78 234 96 228 112M250 64C257 78 257 94 250 108M272 63C279 76 280 92 273 106M293 65C301 78 \
            302 92 296 106M310 74C315 84 316 94 312 104M262 132C272 138 284 138 294 130M262 150C270 153 278 153 285 \
            149M340 84L337 76M356 76L350 70M370 62L358 60M368 46L357 48M250 176V171M261 176V171M272 176V171",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn drawn(state: TallyState) -> String {
        let it = Tally { state, giver: "刑警大队".to_owned(), receiver: "<区检察院>".to_owned() };
        tally(&Words::of(Language::Zh).unwrap(), &it).unwrap()
    }

    #[test]
    fn the_halves_meet_only_when_both_have_signed() {
        for (state, front, back, signed) in
            [(TallyState::Open, 12, 68, 0), (TallyState::Half, 30, 50, 1), (TallyState::Closed, 40, 40, 2)]
        {
            let made = drawn(state);
            assert!(made.contains(&format!("translate({front} 0)\"><g class=\"giver")), "{state:?}");
            assert!(made.contains(&format!("translate({back} 0)\"><g class=\"receiver")), "{state:?}");
            assert_eq!(made.matches(" signed\"").count(), signed);
        }
    }

    #[test]
    fn a_name_is_only_text() {
        let made = drawn(TallyState::Half);
        assert!(made.contains("&lt;区检察院&gt;") && !made.contains("<区"));
    }
}
