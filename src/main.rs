//! The program: see `entente::cli`.
#![forbid(unsafe_code)]

/// An act makes thousands of small texts: a third of its time was the system's allocator.
#[global_allocator]
static ALLOCATEUR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    entente::cli::run(std::env::args_os())
}
