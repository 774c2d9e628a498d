//! A station: enrolled by its code, run by the page's `station.toml`, with simulated devices; and the hands before it.

use crate::{
    centre::{Centre, until},
    page::block,
};
use serde_json::Value;
use std::process::{Child, Command, Stdio};

pub(crate) struct Station {
    child: Child,
    page: String,
    agent: ureq::Agent,
}

impl Station {
    /// Brings the one-time code over TLS; the folder is the station's PC.
    pub(crate) fn enrol(centre: &Centre, folder: &str, code: &str) {
        std::fs::create_dir(centre.path(folder)).unwrap();
        std::fs::copy(centre.path("centre-ca.pem"), centre.path(folder).join("centre-ca.pem")).unwrap();
        let command = block("sh", "hufu-station enrol").replace("K7QM-2XWD-…", code);
        // The authority is not the system's: without its file nobody is asked anything, and the way out is named.
        let unknown = centre.run_in(folder, &command.replace("--ca centre-ca.pem ", ""), "", "");
        assert!(!unknown.done && unknown.errors.contains("--ca"), "{}", unknown.errors);
        let enrolled = centre.run_in(folder, &command, "", "");
        assert!(enrolled.done, "{}", enrolled.errors);
    }

    /// Runs it under this name, with these key files.
    pub(crate) fn start(centre: &Centre, folder: &str, (name, port): (&str, u16), keys: &[&str]) -> Station {
        let config = block("toml", "enrolled = ")
            .replace("城南派出所工位", name)
            .replace("7718", &port.to_string())
            .replacen("keys     = []", &format!("keys     = {keys:?}"), 1);
        std::fs::write(centre.path(folder).join("station.toml"), centre.here(&config)).unwrap();
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_hufu")).with_file_name("hufu-station");
        let log = std::fs::File::create(centre.path(folder).join("log")).unwrap();
        let child = Command::new(program)
            .args(["simulate", "--config", "station.toml"])
            .current_dir(centre.path(folder))
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let station = Station { child, page: format!("http://127.0.0.1:{}", centre.ports[&port]), agent };
        until(&format!("{name} is connected"), || {
            station.status().filter(|status| status["server"]["is"] == "connected")
        });
        station
    }

    fn status(&self) -> Option<Value> {
        let mut answer = self.agent.get(format!("{}/status", self.page)).call().ok()?;
        serde_json::from_str(&answer.body_mut().read_to_string().ok()?).ok()
    }

    /// The text of the newest label, when so many have been printed; it is then passed before the scanner.
    pub(crate) fn scan_label(&self, printed: usize) {
        until("the label is printed", || {
            let mut answer = self.agent.get(format!("{}/counter/labels", self.page)).call().ok()?;
            let labels: Vec<Value> = serde_json::from_str(&answer.body_mut().read_to_string().ok()?).ok()?;
            (labels.len() == printed).then_some(())
        });
        let scanned = self.agent.post(format!("{}/counter/label/{printed}/scan", self.page)).send_empty();
        assert!(scanned.unwrap().status().is_success());
    }

    pub(crate) fn scan(&self, code: &str) {
        let body = serde_json::json!({"text": code}).to_string();
        let scanned = self
            .agent
            .post(format!("{}/counter/scan", self.page))
            .header("content-type", "application/json")
            .send(body);
        assert!(scanned.unwrap().status().is_success());
    }

    /// Signs, or declines with a reason, what is shown for this person; answers with the page that follows.
    pub(crate) fn answer(&self, holder: &str, pin: &str, reason: Option<&str>) -> String {
        let request = until(&format!("{holder} is asked to sign"), || {
            let status = self.status()?;
            let asked = status["requests"].as_array()?.iter().find(|it| it["holder"] == holder)?;
            Some(asked["request"].as_str()?.to_owned())
        });
        let page = self.agent.get(&self.page).call().unwrap().body_mut().read_to_string().unwrap();
        let token = page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let act = if reason.is_some() { "decline" } else { "sign" };
        let mut fields = vec![("token", token), ("pin", pin)];
        fields.extend(reason.map(|reason| ("reason", reason)));
        let answered = self.agent.post(format!("{}/{act}/{request}", self.page)).send_form(fields);
        answered.unwrap().body_mut().read_to_string().unwrap()
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
