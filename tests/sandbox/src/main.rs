//! `sage-sandbox`: a local Sage, until it is interrupted.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command says where it is, and what it did not understand"
)]

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use sage_sandbox::clock::Clock;
use sage_sandbox::{Api, Limits, Sandbox};

const USAGE: &str = "\
Usage: cargo xtask sandbox [OPTIONS]

A local Sage: the OAuth servers and every operation of the three APIs, on 127.0.0.1.

Options:
  --port PORT              where it listens (8080); 0: any free port
  --seed NUMBER            what ids, tokens and sample records follow from (0)
  --token-lifetime SECONDS how long access tokens last (as Sage's)
  --now MOMENT             the time, which then stands still: 2026-01-31T09:00:00Z
  --per-minute NUMBER      how many requests a minute each business has (any)
  --sage-limits            as many requests as Sage takes, at once, in a minute and in a day
  --retry-after            refusals say when to come again
  -h, --help               this text
";

fn main() -> ExitCode {
    match options(lexopt::Parser::from_env()) {
        Ok(Some(builder)) => run(builder),
        Ok(None) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprint!("error: {error}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn options(mut arguments: lexopt::Parser) -> Result<Option<sage_sandbox::Builder>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut builder = Sandbox::builder().port(8080);
    let mut limits = Limits::default();
    while let Some(argument) = arguments.next()? {
        builder = match argument {
            Long("port") => builder.port(arguments.value()?.parse()?),
            Long("seed") => builder.seed(arguments.value()?.parse()?),
            Long("token-lifetime") => builder.token_lifetime(arguments.value()?.parse()?),
            Long("now") => builder.clock(Clock::at(arguments.value()?.parse::<DateTime<Utc>>()?)),
            Long("sage-limits") => builder.limits_of_sage(),
            Long("per-minute") => {
                limits.per_minute = Some(arguments.value()?.parse()?);
                builder
            }
            Long("retry-after") => {
                limits.retry_after = true;
                builder
            }
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        };
    }
    Ok(Some(match limits.per_minute {
        Some(_) => builder.limits(limits),
        None => builder,
    }))
}

fn run(builder: sage_sandbox::Builder) -> ExitCode {
    let sage = match builder.start_blocking() {
        Ok(sage) => sage,
        Err(error) => {
            eprintln!("error: it does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("A local Sage at {}", sage.origin());
    for api in Api::ALL {
        println!("  {:<14} {}", api.folder(), sage.url(api));
    }
    println!("  control        {}/_sandbox", sage.origin());
    let company = sage.companies().first();
    if let Some(company) = company {
        println!(
            "Try: curl -H 'Authorization: Bearer {}' {}/contacts",
            sage.access_token(Api::Accounting),
            sage.url(Api::Accounting)
        );
        println!("X-Site of Sage 200: {}, X-Company: {}", company.site, company.number);
    }
    println!("Stop it with Ctrl-C.");
    loop {
        std::thread::park();
    }
}
