//! Programs that run beside this one until it stops: started with a log of their own, watched, stopped together.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::process;

/// How long a service may take to answer first, on a machine that is busy with other things.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long programs may take to end by themselves.
const STOP_WITHIN: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(50);

/// A program and how one knows that it works.
#[derive(Debug)]
pub(crate) struct Service {
    /// What people call it; its log is named after it.
    pub(crate) name: &'static str,
    /// What is run, with arguments and environment. Never printed: the environment holds secrets.
    pub(crate) command: Command,
    /// Where it answers once it works; `None` for a program that serves nothing.
    pub(crate) ready: Option<Probe>,
}

/// A request that a service answers with success once it works.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The path that is asked for.
    pub(crate) path: &'static str,
}

#[derive(Debug)]
struct Running {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

/// All programs that were started; dropping it stops them.
#[derive(Debug)]
pub(crate) struct Children {
    logs: PathBuf,
    running: Vec<Running>,
}

impl Children {
    /// None yet; their logs will go into `logs`.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub(crate) fn new(logs: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&logs).with_context(|| format!("creating {}", logs.display()))?;
        Ok(Self { logs, running: Vec::new() })
    }

    /// Starts a service and waits until it answers.
    ///
    /// # Errors
    /// It cannot be started, ends at once, or does not answer in time; the message holds the end of its log.
    pub(crate) fn start(&mut self, service: Service) -> anyhow::Result<()> {
        let Service { name, mut command, ready } = service;
        let log = self.logs.join(format!("{}.log", name.replace(' ', "-")));
        let file = File::create(&log).with_context(|| format!("creating {}", log.display()))?;
        let errors = file.try_clone().with_context(|| format!("opening {}", log.display()))?;
        process::forget_cargo(&mut command);
        command.stdin(Stdio::null()).stdout(file).stderr(errors);
        // A group of its own: Ctrl-C reaches this program only, which then stops the others in order.
        let child = command.process_group(0).spawn().with_context(|| format!("starting the {name}"))?;
        self.running.push(Running { name, child, log });
        match ready {
            Some(probe) => self.wait_until_ready(name, &probe),
            None => Ok(()),
        }
    }

    fn wait_until_ready(&mut self, name: &str, probe: &Probe) -> anyhow::Result<()> {
        let started = Instant::now();
        while !probe.answers() {
            if let Some(ended) = self.ended()? {
                bail!(ended);
            }
            if started.elapsed() > READY_WITHIN {
                let log = self.running.last().map(|running| end_of(&running.log)).unwrap_or_default();
                bail!("the {name} did not answer within {}\n{log}", process::spoken(READY_WITHIN));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// What to tell about the first program that has ended by itself, if one has.
    ///
    /// # Errors
    /// The system does not say whether it runs.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<String>> {
        for running in &mut self.running {
            let status =
                running.child.try_wait().with_context(|| format!("watching the {}", running.name))?;
            if let Some(status) = status {
                let (name, log) = (running.name, &running.log);
                return Ok(Some(format!(
                    "the {name} has stopped ({status}); the end of {}:\n{}",
                    log.display(),
                    end_of(log)
                )));
            }
        }
        Ok(None)
    }

    /// Asks all to end, in the reverse order of their start, waits, and kills what is left.
    pub(crate) fn stop(&mut self) {
        for running in self.running.iter_mut().rev() {
            running.signal(Signal::SIGTERM);
        }
        let asked = Instant::now();
        while self.running.iter_mut().any(Running::runs) && asked.elapsed() < STOP_WITHIN {
            std::thread::sleep(POLL);
        }
        for mut running in self.running.drain(..).rev() {
            if running.runs() {
                eprintln!("The {} does not stop by itself; killing it.", running.name);
                running.signal(Signal::SIGKILL);
            }
            // The process is gone or about to be; there is nothing to do about a system that does not say so.
            let _ = running.child.wait();
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Running {
    fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Only while it runs: afterwards its number may be another's.
    fn signal(&mut self, signal: Signal) {
        let group = i32::try_from(self.child.id()).map(Pid::from_raw);
        if let (true, Ok(group)) = (self.runs(), group) {
            // It may end in between, which is what is wanted.
            let _ = killpg(group, signal);
        }
    }
}

impl Probe {
    fn answers(&self) -> bool {
        self.ask().is_ok_and(|status| status.starts_with(b"HTTP/1.1 2") || status.starts_with(b"HTTP/1.1 3"))
    }

    /// The beginning of the answer, long enough for the status.
    fn ask(&self) -> std::io::Result<[u8; 12]> {
        let patience = Duration::from_secs(2);
        let mut stream = TcpStream::connect_timeout(&self.address, patience)?;
        stream.set_read_timeout(Some(patience))?;
        let request =
            format!("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.path, self.address);
        // In one piece: who answers after the first would cut the rest off.
        stream.write_all(request.as_bytes())?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(status)
    }
}

/// The last lines of a log.
fn end_of(log: &Path) -> String {
    const LINES: usize = 20;
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(|line| format!("    {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn children(name: &str) -> Children {
        Children::new(std::env::temp_dir().join(format!("linchpin-xtask-{name}-{}", std::process::id())))
            .unwrap()
    }

    fn shell(name: &'static str, script: &str, ready: Option<Probe>) -> Service {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Service { name, command, ready }
    }

    /// A server that answers every request with this status line.
    fn server(status: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 512]);
                let _ = write!(stream, "{status}\r\ncontent-length: 0\r\n\r\n");
            }
        });
        address
    }

    #[test]
    fn only_success_counts_as_an_answer() {
        let answers = |status| Probe { address: server(status), path: "/" }.answers();
        assert!(answers("HTTP/1.1 200 OK"), "200 is success");
        assert!(!answers("HTTP/1.1 503 Service Unavailable"), "503 means not yet");
        assert!(!answers("hello"), "that is not HTTP");
    }

    #[test]
    fn a_program_that_ends_early_is_named_with_the_end_of_its_log() {
        let mut children = children("early");
        // Nothing listens on a port that was just given back.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let service =
            shell("short bank", "echo the vault is empty; exit 3", Some(Probe { address, path: "/" }));
        let error = children.start(service).unwrap_err().to_string();
        for expected in ["short bank", "exit status: 3", "the vault is empty"] {
            assert!(error.contains(expected), "the message should tell {expected}: {error}");
        }
    }

    #[test]
    fn stopping_ends_a_program_and_what_it_has_started() {
        let mut children = children("group");
        children.start(shell("parent", "sleep 600 & echo $!; wait", None)).unwrap();
        let log = children.running[0].log.clone();
        let grandchild: i32 = loop {
            if let Ok(pid) = fs::read_to_string(&log).unwrap().trim().parse() {
                break pid;
            }
            std::thread::yield_now();
        };
        children.stop();
        assert!(children.running.is_empty(), "nothing is left to watch");
        let patience = Instant::now();
        while runs(grandchild) {
            assert!(patience.elapsed() < Duration::from_secs(10), "process {grandchild} still runs");
            std::thread::yield_now();
        }
    }

    /// Whether a process is there and is more than an entry that nobody has fetched.
    fn runs(pid: i32) -> bool {
        let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let state = status.rsplit(')').next().unwrap_or_default().trim_start().chars().next();
        state.is_some_and(|state| state != 'Z')
    }
}
