//! The program: see `entente::cli`.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    entente::cli::run(std::env::args_os())
}
