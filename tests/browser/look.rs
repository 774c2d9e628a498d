//! The page that is open, looked at with other eyes: by axe-core, in the dark, on a telephone, with letters twice as large.
//! What is looked for is in `look.js`.

use crate::person::Person;
use serde_json::{Value, json};
use std::{fs, path::Path};

/// How a page is looked at, and what of it is asked.
const LOOKS: [Look; 4] = [
    Look { how: "in the light", window: OFFICE, dark: false, letters: 16, asks: AXE },
    Look {
        how: "in the dark",
        window: OFFICE,
        dark: true,
        letters: 16,
        asks: "axe_finds(['color-contrast'])",
    },
    Look { how: "on a telephone", window: TELEPHONE, dark: false, letters: 16, asks: AXE },
    Look {
        how: "with large letters",
        window: OFFICE,
        dark: false,
        letters: 32,
        asks: "cut(), look.overlapping()",
    },
];
const AXE: &str = "axe_finds()";
const OFFICE: (u32, u32) = (1366, 768);
const TELEPHONE: (u32, u32) = (390, 844);

struct Look {
    how: &'static str,
    window: (u32, u32),
    dark: bool,
    /// The size of letters that this person has chosen in the browser.
    letters: u32,
    asks: &'static str,
}

impl Person {
    /// Before pages are looked at: axe-core and our questions stand ready in each that is opened from now on.
    pub(crate) async fn takes_a_magnifier(&self) {
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/axe.min.js");
        let axe = fs::read_to_string(&axe).expect("`make test` takes axe-core first: sh .ci/axe");
        let source = format!("{axe}\n{}", include_str!("look.js"));
        self.tell_browser("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    }

    /// What is wrong with the page, as sentences.
    pub(crate) async fn looks(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for Look { how, window: (width, height), dark, letters, asks } in LOOKS {
            let scheme = if dark { "dark" } else { "light" };
            let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
            self.tell_browser("Emulation.setEmulatedMedia", json!({ "features": features })).await;
            let metrics =
                json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            self.tell_browser("Emulation.setDeviceMetricsOverride", metrics).await;
            let sizes = json!({ "fontSizes": { "standard": letters, "fixed": letters } });
            self.tell_browser("Page.setFontSizes", sizes).await;
            let script = format!(
                "const done = arguments[arguments.length - 1]; \
                 Promise.all([look.sideways(), look.{asks}]).then(it => done(it.flat()), it => done([String(it)]))"
            );
            let found: Vec<Value> = serde_json::from_value(self.run_to_end(&script).await).unwrap();
            faults.extend(found.iter().map(|it| format!("{how}: {}", it.as_str().unwrap_or_default())));
        }
        faults
    }
}
