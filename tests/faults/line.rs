//! A network line that can be cut: a small proxy of ours before a server or a database. It needs no rights on the machine,
//! as a network namespace does ([`crate::namespace`]): connections end, or fall silent for ever, and new ones fail.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};

/// Where the line leads.
#[derive(Clone, Debug)]
pub(crate) enum To {
    Tcp(SocketAddr),
    Unix(PathBuf),
    /// Nobody answers.
    Nowhere,
}

/// What happens to the connections of before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Flow,
    End,
    Silence,
}

pub(crate) struct Line {
    pub(crate) address: SocketAddr,
    to: Arc<Mutex<To>>,
    fate: Mutex<watch::Sender<Fate>>,
    current: Arc<Mutex<watch::Receiver<Fate>>>,
}

impl Line {
    pub(crate) async fn to(to: To) -> Line {
        Line::at(Ipv4Addr::LOCALHOST, to).await
    }

    /// The same at another address of this machine.
    pub(crate) async fn at(near: Ipv4Addr, to: To) -> Line {
        let listener = TcpListener::bind((near, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let to = Arc::new(Mutex::new(to));
        let (fate, current) = watch::channel(Fate::Flow);
        let current = Arc::new(Mutex::new(current));
        tokio::spawn(run(listener, to.clone(), current.clone()));
        Line { address, to, fate: Mutex::new(fate), current }
    }

    /// The address of a database behind this line.
    pub(crate) fn database(&self, name: &str) -> String {
        format!("postgres://hufu@{}/{name}?sslmode=disable", self.address)
    }

    /// Every connection ends; the next ones lead there.
    pub(crate) fn cut(&self, to: To) {
        self.end(Fate::End, to);
    }

    /// Every connection stays open and says nothing any more, as when a machine loses its power; the next ones lead there.
    pub(crate) fn silence(&self, to: To) {
        self.end(Fate::Silence, to);
    }

    fn end(&self, how: Fate, to: To) {
        *self.to.lock().unwrap() = to;
        let (fate, current) = watch::channel(Fate::Flow);
        *self.current.lock().unwrap() = current;
        let before = std::mem::replace(&mut *self.fate.lock().unwrap(), fate);
        before.send(how).unwrap_or_default();
    }
}

async fn run(listener: TcpListener, to: Arc<Mutex<To>>, current: Arc<Mutex<watch::Receiver<Fate>>>) {
    loop {
        let (near, _) = listener.accept().await.unwrap();
        let (to, fate) = (to.lock().unwrap().clone(), current.lock().unwrap().clone());
        tokio::spawn(async move {
            match to {
                To::Nowhere => (),
                To::Tcp(address) => {
                    if let Ok(far) = TcpStream::connect(address).await {
                        flow(near, far, fate).await;
                    }
                }
                To::Unix(path) => {
                    if let Ok(far) = UnixStream::connect(path).await {
                        flow(near, far, fate).await;
                    }
                }
            }
        });
    }
}

async fn flow<F: AsyncRead + AsyncWrite + Unpin>(
    mut near: TcpStream,
    mut far: F,
    mut fate: watch::Receiver<Fate>,
) {
    let ended = async {
        match fate.wait_for(|fate| *fate != Fate::Flow).await.map(|fate| *fate) {
            Ok(fate) => fate,
            Err(_) => Fate::End,
        }
    };
    let fate = tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => Fate::End,
        fate = ended => fate,
    };
    if fate == Fate::Silence {
        // The far side ends, as a machine without power does; the near side hears nothing of it.
        drop(far);
        std::future::pending::<()>().await;
    }
}
