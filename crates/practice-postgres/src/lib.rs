#![doc = include_str!("../README.md")]

mod programs;
mod user;

use anyhow::{Context as _, bail};
pub use programs::Programs;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use user::User;

/// The role that databases belong to.
const ROLE: &str = "linchpin";
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks whether it answers.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The server and what sees to its end: a shell that waits for the end of its input, which comes with the end of whoever
/// started it, however that ends.
const KEEPER: &str = include_str!("keeper.sh");

/// What becomes of a write before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// The disk has it, as it should be where real things are kept.
    OnDisk,
    /// It would be lost if the machine lost its power: quicker, for tests.
    InMemory,
}

/// A server. It stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    keeper: Child,
    programs: Programs,
    folder: PathBuf,
    port: u16,
    password: String,
}

impl Server {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// When the programs are missing, with what to install, or when they fail, with what they said.
    pub fn start(writes: Writes) -> anyhow::Result<Self> {
        let programs = Programs::find()?;
        let user = User::unprivileged()?;
        let folder = tempfile::Builder::new().prefix("linchpin-postgres-").tempdir();
        // Whoever keeps the server removes it.
        let folder = folder.context("no folder for the server")?.keep();
        let password = password()?;
        fs::write(folder.join("password"), &password).context("writing the password")?;
        fs::write(folder.join("keeper.sh"), KEEPER).context("writing the keeper's script")?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).context("closing the folder")?;
        for path in [folder.clone(), folder.join("password"), folder.join("keeper.sh")] {
            chown(&path, Some(user.id), Some(user.group)).context("giving the folder away")?;
        }
        let port = free_port()?;
        let keeper = keeper(&programs, &user, &folder, port, writes).spawn().context("starting a shell")?;
        let mut server = Self { keeper, programs, folder, port, password };
        server.until_it_answers()?;
        Ok(server)
    }

    /// The one server of this process, which starts with the first call. Writes are kept in memory.
    ///
    /// # Errors
    /// Those of [`Server::start`], each time.
    pub fn of_this_process() -> anyhow::Result<&'static Self> {
        static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
        let server =
            SERVER.get_or_init(|| Server::start(Writes::InMemory).map_err(|error| format!("{error:#}")));
        server.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// Makes an empty database, and gives its address. A name is made of small letters, digits and `_`.
    ///
    /// # Errors
    /// When there is one of this name, or the server has gone.
    pub fn database(&self, name: &str) -> anyhow::Result<String> {
        self.run(&format!("CREATE DATABASE {name}"))?;
        Ok(format!("postgres://{ROLE}:{}@127.0.0.1:{}/{name}", self.password, self.port))
    }

    /// Throws a database away, and hangs up on whoever uses it.
    ///
    /// # Errors
    /// When the server has gone.
    pub fn forget(&self, name: &str) -> anyhow::Result<()> {
        self.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    }

    /// The port of the loopback interface at which it answers.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A program of the server's version, such as `pg_dump`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.folder().join(name)
    }

    /// What the server says while it runs.
    pub fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    fn run(&self, statement: &str) -> anyhow::Result<()> {
        let mut psql = Command::new(self.program("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--host=127.0.0.1", "--dbname=postgres", "--username", ROLE]);
        psql.arg(format!("--port={}", self.port)).args(["--command", statement]);
        psql.env("PGPASSWORD", &self.password).env("PGCONNECT_TIMEOUT", "10").stdin(Stdio::null());
        let done = psql.output().context("starting psql")?;
        if !done.status.success() {
            bail!("`{statement}`: {}", String::from_utf8_lossy(&done.stderr).trim());
        }
        Ok(())
    }

    fn until_it_answers(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let answer = self.run("SELECT 1");
            let Err(error) = answer else { return Ok(()) };
            if let Some(status) = self.keeper.try_wait().context("looking after the server")? {
                bail!("PostgreSQL did not start ({status})");
            }
            if started.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
                return Err(error.context(format!("PostgreSQL does not answer. It said: {log}")));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input is the keeper's sign.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

fn keeper(programs: &Programs, user: &User, folder: &Path, port: u16, writes: Writes) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg(folder.join("keeper.sh")).arg(programs.folder()).arg(folder).arg(port.to_string()).arg(ROLE);
    if writes == Writes::InMemory {
        command.args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]);
    }
    // What the caller sets is for the caller: PGDATA and the like would mislead. Signals from the keyboard are not for it.
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir("/").process_group(0);
    if user.is_other {
        command.uid(user.id).gid(user.group);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::inherit());
    command
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    Ok(listener.local_addr().context("no port is free")?.port())
}

fn password() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| anyhow::anyhow!("the random source does not answer"))?;
    let mut text = Vec::new();
    for byte in bytes {
        write!(text, "{byte:02x}").context("writing a password")?;
    }
    String::from_utf8(text).context("writing a password")
}
