//! The program `anxue`.

fn main() -> std::process::ExitCode {
    endpoint::cli::main()
}
