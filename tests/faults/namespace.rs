//! A machine of its own for the server: a network namespace, with one cable to everybody else, which can be pulled. Unlike a
//! proxy it loses packets and says nothing to anybody.

use std::{
    net::Ipv4Addr,
    process::{Command, Output},
};

pub(crate) struct Machine {
    /// The namespace's name, and that of the cable's near end.
    pub(crate) name: String,
    subnet: u8,
}

impl Machine {
    /// Nothing, and why, where namespaces are not to be had: they need root.
    pub(crate) fn new() -> Result<Machine, String> {
        let pid = std::process::id();
        let machine = Machine { name: format!("hf{pid}"), subnet: u8::try_from(pid % 250).unwrap() };
        let Machine { name, .. } = &machine;
        let (near, far) = (machine.near(), machine.far());
        for command in [
            format!("netns add {name}"),
            format!("link add {name} type veth peer name eth0 netns {name}"),
            format!("addr add {near}/30 dev {name}"),
            format!("link set {name} up"),
            format!("-n {name} addr add {far}/30 dev eth0"),
            format!("-n {name} link set lo up"),
            format!("-n {name} link set eth0 up"),
        ] {
            match ip(&command) {
                Ok(output) if output.status.success() => (),
                Ok(output) => return Err(String::from_utf8_lossy(&output.stderr).into_owned()),
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(machine)
    }

    /// The address of this side of the cable.
    pub(crate) fn near(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 77, self.subnet, 1)
    }

    /// The machine's address.
    pub(crate) fn far(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 77, self.subnet, 2)
    }

    pub(crate) fn pull_the_cable(&self) {
        self.cable("down");
    }

    pub(crate) fn plug_it_in(&self) {
        self.cable("up");
    }

    fn cable(&self, state: &str) {
        let done = ip(&format!("-n {} link set eth0 {state}", self.name)).unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

fn ip(command: &str) -> std::io::Result<Output> {
    Command::new("ip").args(command.split(' ')).output()
}

impl Drop for Machine {
    fn drop(&mut self) {
        // The cable goes with it. Where it could not be made, there is nothing to remove.
        drop(ip(&format!("netns del {}", self.name)));
    }
}
