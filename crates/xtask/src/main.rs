//! Project commands: `cargo xtask bench`, `demo`, `dev`, `dist`, `docs`, `fuzz`, `gallery`, `messages`, `openapi`, `soak` and
//! `test`.
//!
//! Each command installs what it needs and does not find (see [`setup`]), so that a fresh machine with
//! Rust, a C compiler and Node needs nothing else done by hand.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these commands talk to the person at the terminal"
)]

mod args;
mod bench;
mod budget;
mod children;
mod demo;
mod dev;
mod dist;
mod docs;
mod fuzz;
mod gallery;
mod openapi;
mod ports;
mod process;
mod services;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use args::Command;
use workspace::Workspace;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<ExitCode> {
    let command = args::parse(lexopt::Parser::from_env())?;
    if matches!(command, Command::Help) {
        print!("{}", args::HELP);
        return Ok(ExitCode::SUCCESS);
    }
    let workspace = Workspace::load()?;
    match command {
        Command::Help => {}
        Command::Demo(ports) => demo::run(&workspace, ports)?,
        Command::Dev(ports) => dev::run(&workspace, ports)?,
        Command::Dist => dist::run(&workspace)?,
        Command::Gallery => gallery::run(&workspace)?,
        Command::OpenApi => openapi::write(&workspace)?,
        Command::Messages => openapi::write_messages(&workspace)?,
        Command::Docs => println!("{}", docs::run(&workspace)?),
        Command::Fuzz(options) => fuzz::run(&workspace, &options)?,
        Command::Soak(arguments) => {
            let soak = ["run", "--quiet", "--package", "linchpin-soak", "--"];
            process::run(workspace.cargo().args(soak).args(arguments))?;
        }
        Command::Bench(arguments) => bench::run(&workspace, &arguments)?,
        Command::Test(options) => return test::run(&workspace, &options),
    }
    Ok(ExitCode::SUCCESS)
}
