//! Faults in tokens, stores and logins.

use super::Fault;

const TURN: &str = "runtime/src/auth/grant/turn.rs";
const STATE: &str = "runtime/src/auth/grant/state.rs";
const HELD: &str = "runtime/src/auth/grant/held.rs";
const PAUSE: &str = "runtime/src/auth/grant/pause.rs";
const RECORD: &str = "runtime/src/auth/record.rs";
const FILE: &str = "runtime/src/auth/store/file.rs";
const REPLACE: &str = "runtime/src/auth/store/file/replace.rs";
const PENDING: &str = "runtime/src/auth/pending.rs";
const LISTENER: &str = "runtime/src/auth/login/listener.rs";
const KEYRING: &str = "runtime/src/auth/store/keyring.rs";
const LOGIN: &str = "runtime/src/auth/login.rs";
const ANSWER: &str = "runtime/src/auth/answer.rs";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "the refresh ends when nobody waits for it",
        file: TURN,
        find: "    let unsaved = desk.insert(unsaved);",
        replace: r"    let waiting = inner.state().take_waiting();
    if waiting.is_empty() {
        return Err(Failure::panicked());
    }
    waiting.into_iter().for_each(std::task::Waker::wake);
    let unsaved = desk.insert(unsaved);",
        target: "--test auth",
        test: "tokens::t03_the_grant_itself_may_be_dropped",
    },
    Fault {
        name: "tokens are published before they are saved",
        file: TURN,
        find: "    let unsaved = desk.insert(unsaved);",
        replace: r"    if let Some(tokens) = &unsaved.record.tokens {
        inner.state().publish(Held::issued(&unsaved.record, tokens, unsaved.asked, jitter()));
    }
    let unsaved = desk.insert(unsaved);",
        target: "--test auth",
        test: "tokens::t08_nobody_sees_a_token_that_is_not_stored",
    },
    Fault {
        name: "what another program has refreshed is refreshed again",
        file: TURN,
        find: r"    refused.is_some_and(|refused| refused >= stored)
",
        replace: r"    refused.is_some()
",
        target: "--test auth",
        test: "tokens::t02_what_another_program_has_refreshed_is_not_refreshed_again",
    },
    Fault {
        name: "an older generation replaces a newer",
        file: FILE,
        find: r"        not_older(self.load()?.as_ref(), record)?;
",
        replace: "",
        target: "--lib",
        test: "auth::store::file::tests::t09_an_older_generation_does_not_replace_a_newer",
    },
    Fault {
        name: "a grant is saved without rename",
        file: REPLACE,
        find: r#"    let beside = file.with_extension("new");
    disk.remove(&beside)?;"#,
        replace: r#"    let beside = file.to_path_buf();
    disk.remove(&beside)?;"#,
        target: "--lib",
        test: "auth::store::file::replace::tests::t16_the_power_may_fail_at_any_moment",
    },
    Fault {
        name: "a grant is renamed before it is synced",
        file: REPLACE,
        find: r"    disk.sync(&new)?;
    drop(new);
    disk.rename(&beside, file)?;
",
        replace: r"    disk.rename(&beside, file)?;
    disk.sync(&new)?;
    drop(new);
",
        target: "--lib",
        test: "auth::store::file::replace::tests::t16_the_power_may_fail_at_any_moment",
    },
    Fault {
        name: "the new name of a grant is not synced",
        file: REPLACE,
        find: "    disk.rename(&beside, file)?;\n    disk.sync_folder(folder)\n",
        replace: "    let _ = folder;\n    disk.rename(&beside, file)\n",
        target: "--lib",
        test: "auth::store::file::replace::tests::t16_the_power_may_fail_at_any_moment",
    },
    Fault {
        name: "a grant is readable for the group",
        file: "runtime/src/auth/store/file/system.rs",
        find: "options.mode(0o600);",
        replace: "options.mode(0o640);",
        target: "--lib",
        test: "auth::store::file::tests::t16_modes_are_600_in_700",
    },
    Fault {
        name: "the grants of two companies share a file",
        file: FILE,
        find: r#"let file = self.folder.join(key.to_file_name()).with_extension("json");"#,
        replace: r#"let file = self.folder.join("grant.json");"#,
        target: "--test auth",
        test: "mixed::t17_two_companies_and_many_tasks_never_meet",
    },
    Fault {
        name: "the lock is let go before the save",
        file: TURN,
        find: "    save(inner, &mut desk, Unsaved { record: next, asked, guard: Some(guard) })",
        replace: r"    drop(guard);
    sleep(Duration::from_millis(20));
    let guard = inner.store.lock(&inner.key, inner.lock_wait)?;
    save(inner, &mut desk, Unsaved { record: next, asked, guard: Some(guard) })",
        target: "--test auth",
        test: "processes::t04_eight_processes_of_fifty_callers_refresh_once",
    },
    Fault {
        name: "the lock is let go when the save fails",
        file: TURN,
        find: "            None => return Err(error.into()),",
        replace: r"            None => {
                unsaved.guard = None;
                return Err(error.into());
            }",
        target: "--test auth",
        test: "tokens::t08_the_lock_is_kept_until_the_new_tokens_are_stored",
    },
    Fault {
        name: "no note before a refresh",
        file: TURN,
        find: r"    guard.save(&stored.noted(inner.clock.now().wall))?;
",
        replace: "",
        target: "--test auth",
        test: "processes::t06_a_strict_service_and_a_kill_at_the_worst_moment",
    },
    Fault {
        name: "the note is not read",
        file: TURN,
        find: "let mut lost = stored.intent.is_some();",
        replace: "let mut lost = false;",
        target: "--test auth",
        test: "processes::t06_a_strict_service_and_a_kill_at_the_worst_moment",
    },
    Fault {
        name: "a lost reply is not asked for again",
        file: TURN,
        find: "Kind::Unknown => refused.is_some() || is_late(inner),",
        replace: "Kind::Unknown => false,",
        target: "--test auth",
        test: "tokens::t07_a_lost_reply_is_asked_for_again",
    },
    Fault {
        name: "a lost reply is asked for again at any time",
        file: TURN,
        find: "Kind::Unknown => refused.is_some() || is_late(inner),",
        replace: "Kind::Unknown => true,",
        target: "--test auth",
        test: "tokens::t07_a_token_that_still_works_is_not_put_at_risk",
    },
    Fault {
        name: "a grant that is refused for good is called one",
        file: TURN,
        find: "Ok(!is_dead && (",
        replace: "Ok((!is_dead || is_dead) && (",
        target: "--test auth",
        test: "tokens::t10_a_refused_token_is_the_end_until_somebody_logs_in",
    },
    Fault {
        name: "a window of five minutes",
        file: HELD,
        find: "life.unwrap_or_default().min(WINDOW * 5) / 5",
        replace: "life.unwrap_or_default()",
        target: "--test auth",
        test: "tokens::t12_an_hour_of_requests",
    },
    Fault {
        name: "a refused token is refreshed without end",
        file: STATE,
        find: "refused >= held.generation() && !futile",
        replace: "refused >= held.generation()",
        target: "--test auth",
        test: "tokens::t14_a_token_that_is_refused_again_at_once_is_not_refreshed_again",
    },
    Fault {
        name: "no pause after a failure",
        file: STATE,
        find: "self.pause = Some(Pause::new(now, wait));",
        replace: "self.pause = Some(Pause::new(now, wait * 0));",
        target: "--test auth",
        test: "tokens::t11_an_early_refresh_that_fails_is_nobodys_trouble",
    },
    Fault {
        name: "suspend is not noticed",
        file: PAUSE,
        find: ".max(walls)",
        replace: ".max(walls.min(Duration::ZERO))",
        target: "--lib",
        test: "auth::grant::held::tests::t14_the_hand_that_has_gone_further_counts",
    },
    Fault {
        name: "age is what the wall clock says",
        file: PAUSE,
        find: "now.monotonic.saturating_sub(then.monotonic).max(walls)",
        replace: "walls",
        target: "--test auth",
        test: "clocks::t14_a_clock_that_is_set_back",
    },
    Fault {
        name: "what a token endpoint says has no limit",
        file: "runtime/src/auth/grant.rs",
        find: "const MOST: usize = 64 << 10;",
        replace: "const MOST: usize = 64 << 20;",
        target: "--test auth",
        test: "tokens::h02_the_token_endpoint_may_not_say_much",
    },
    Fault {
        name: "the state of an answer is not compared",
        file: PENDING,
        find: "Some(state) if pkce::same(&self.state, &state) => {}",
        replace: "Some(_) => {}",
        target: "--test auth",
        test: "login::a01_what_is_no_answer_is_refused_and_the_login_waits",
    },
    Fault {
        name: "a query with an address in it is taken for an address",
        file: PENDING,
        find: "None if has_scheme(callback) =>",
        replace: "None if callback.contains(\"://\") =>",
        target: "--lib",
        test: "auth::pending::tests::a03_a_query_may_name_addresses",
    },
    Fault {
        name: "a machine without addresses of one kind is refused",
        file: LISTENER,
        find: "Some(error) if listeners.is_empty() => Err(error),",
        replace: "Some(error) => Err(error),",
        target: "--lib",
        test: "auth::login::listener::tests::a04_a_machine_without_one_kind_of_addresses",
    },
    Fault {
        name: "the Host of an answer is not compared",
        file: LISTENER,
        find: "() if !right_host || foreign",
        replace: "() if foreign",
        target: "--test auth",
        test: "login::a01_what_is_no_answer_is_refused_and_the_login_waits",
    },
    Fault {
        name: "a code is exchanged again",
        file: TURN,
        find: "        let reply = inner.send(asked).inspect_err(|failure| *sent = failure.kind != Kind::NotSent)?;",
        replace: r"        let url = inner.app.token_url(code.country.as_deref())?;
        let again =
            request(&inner.app, url, &Form::Code { code: &code.code, redirect_uri, verifier: verifier.as_ref() })?;
        let reply = inner.send(asked).and_then(|reply| answer::tokens(&reply, &secrets, began.wall).map(|_| reply));
        let reply = reply.or_else(|_| inner.send(again))?;",
        target: "--test auth",
        test: "login::a07_a_code_is_exchanged_once_whatever_happens",
    },
    Fault {
        name: "tokens are forgotten before the service agrees",
        file: TURN,
        find: r"    let secrets = asked.secrets.clone();
    inner.send(asked).and_then(|reply| answer::revoked",
        replace: r"    let secrets = asked.secrets.clone();
    guard.save(&stored.next(stored.issued, None))?;
    inner.send(asked).and_then(|reply| answer::revoked",
        target: "--test auth",
        test: "login::a09_a_grant_is_forgotten_when_the_service_has_agreed",
    },
    Fault {
        name: "a refusal's description is shown whole",
        file: ANSWER,
        find: r#"Some(word).filter(is_word).unwrap_or("…")"#,
        replace: "Some(word).filter(is_word).unwrap_or(word)",
        target: "--test auth",
        test: "secrets::s01_nothing_secret_is_shown_or_logged",
    },
    Fault {
        name: "a keyring is waited for",
        file: KEYRING,
        find: "        match answer.recv_timeout(self.patience) {",
        replace: "        match answer.recv_timeout(self.patience * 10_000) {",
        target: "--lib",
        test: "auth::store::keyring::tests::s07_a_keyring_that_hangs_is_not_waited_for",
    },
    Fault {
        name: "a late write to the keyring lets the lock go",
        file: KEYRING,
        find: "            let answer = still_wanted.load(",
        replace: r"            drop(lock);
            let lock = ();
            let answer = still_wanted.load(",
        target: "--lib",
        test: "auth::store::keyring::tests::s07_a_write_that_is_late_is_not_overtaken",
    },
    Fault {
        name: "an entry of the keyring has another lock",
        file: KEYRING,
        find: r#"format!("{}-{}", key.to_file_name(), self.locks.id()?)"#,
        replace: r#"key.to_file_name()"#,
        target: "--lib",
        test: "auth::store::keyring::tests::s07_who_has_other_locks_has_other_entries",
    },
    Fault {
        name: "each operation on the keyring has a thread",
        file: "runtime/src/auth/store/keyring/worker.rs",
        find: r#"            Some(sender) => sender,
            none =>"#,
        replace: r#"            none =>"#,
        target: "--lib",
        test: "auth::store::keyring::tests::s07_one_thread_asks_for_everything",
    },
    Fault {
        name: "what was given up is asked of the keyring all the same",
        file: KEYRING,
        find: r#"still_wanted.load(Ordering::Relaxed).then(||"#,
        replace: r#"Some(&still_wanted).map(|_|"#,
        target: "--lib",
        test: "auth::store::keyring::tests::s07_what_was_given_up_before_it_began_is_not_done",
    },
    Fault {
        name: "the note of a refresh has no room in the keyring",
        file: KEYRING,
        find: r#"record.noted(SystemTime::now()).to_text()"#,
        replace: r#"record.to_text()"#,
        target: "--lib",
        test: "auth::store::keyring::tests::s07_what_is_too_large_is_not_written",
    },
    Fault {
        name: "what is too large is written to the keyring",
        file: KEYRING,
        find: "        if size > most {",
        replace: "        if size == 0 && most == 0 {",
        target: "--lib",
        test: "auth::store::keyring::tests::s07_what_is_too_large_is_not_written",
    },
    Fault {
        name: "a browser in the terminal is waited for",
        file: LOGIN,
        find: "    let _ = std::thread::Builder::new().name(\"sage-browser\".into()).spawn(move || webbrowser::open(&url));",
        replace: "    let _ = webbrowser::open(&url);",
        target: "--test auth",
        test: "browser::s06_a_browser_in_the_terminal_does_not_hold_the_answer_up",
    },
    Fault {
        name: "the address is shown only if no browser is opened",
        file: LOGIN,
        find: r"            (self.show)(pending.url());
",
        replace: r"            if !self.open_browser {
                (self.show)(pending.url());
            }
",
        target: "--test auth",
        test: "browser::s06_without_a_browser_the_address_is_shown",
    },
    Fault {
        name: "a program ends in the middle of a refresh",
        file: "runtime/src/auth/grant/handle.rs",
        find: "const LONGEST: Duration = Duration::from_secs(5);",
        replace: "const LONGEST: Duration = Duration::ZERO;",
        target: "--test auth",
        test: "processes::t03_a_program_that_ends_waits_for_the_refresh_that_it_began",
    },
    Fault {
        name: "a refresh begins after its grant was dropped",
        file: TURN,
        find: "if inner.state().is_abandoned() {",
        replace: "if inner.state().is_abandoned() && false {",
        target: "--test auth",
        test: "tokens::t03_what_cannot_begin_while_its_grant_is_dropped_does_not_begin_later",
    },
    Fault {
        name: "a client keeps its transport from its grant",
        file: "runtime/src/client/access.rs",
        find: "Some(transport) => Grant::boxed(app, store).shared_transport(transport.clone()).build()?,",
        replace: "Some(_) => Grant::boxed(app, store).build()?,",
        target: "--test auth",
        test: "clients::h09_a_proxy_that_is_named_once_is_asked_for_tokens_too",
    },
    Fault {
        name: "requests for tokens use the connections of calls",
        file: "runtime/src/transport/http/pools.rs",
        find: "        let builder = self.client().pool_max_idle_per_host(0);",
        replace: r"        if let Some(pool) = self.lock().first() {
            return Ok(pool.usual.clone());
        }
        let builder = self.client().pool_max_idle_per_host(0);",
        target: "--test auth",
        test: "clients::h10_requests_for_tokens_share_no_connection_with_calls",
    },
    Fault {
        name: "a new folder is forgotten in a crash",
        file: "runtime/src/auth/store/file/folder.rs",
        find: "match tree.sync(parent) {",
        replace: "match tree.sync(folder).and(Ok(parent)).map(drop) {",
        target: "--lib",
        test: "auth::store::file::folder::tests::t16_a_new_folder_survives_a_crash_with_all_that_was_made_above_it",
    },
    Fault {
        name: "silent connections keep the browser out of a login",
        file: LISTENER,
        find: "            visitors.pop_front();",
        replace: "            visitors.pop_back();",
        target: "--test auth",
        test: "login::a02_connections_that_say_nothing_keep_nobody_out",
    },
    Fault {
        name: "a store that is busy uses a login up",
        file: "runtime/src/auth/grant.rs",
        find: "if !sent {",
        replace: "if !sent && false {",
        target: "--test auth",
        test: "login::a07_a_code_that_was_not_sent_can_be_sent_later",
    },
    Fault {
        name: "a login that was restored is finished again",
        file: TURN,
        find: "record.logins.contains(mark)",
        replace: "record.logins.contains(mark) && mark.is_empty()",
        target: "--test auth",
        test: "login::a07_a_login_that_was_restored_twice_is_finished_once",
    },
    Fault {
        name: "a login is finished again after another one",
        file: RECORD,
        find: "const LOGINS: usize = 4;",
        replace: "const LOGINS: usize = 1;",
        target: "--test auth",
        test: "login::a07_a_login_stays_finished_after_others",
    },
    Fault {
        name: "a hiccup after a refusal locks everybody out",
        file: STATE,
        find: "self.pause = Some(Pause::new(now, wait));",
        replace: r"let late = self.held.as_ref().map_or(Duration::ZERO, |held| held.until_late(now));
                self.pause = Some(Pause::new(now, wait.max(late)));",
        target: "--test auth",
        test: "recovery::t11_a_hiccup_after_a_refusal_passes",
    },
    Fault {
        name: "a lost early refresh is tried again at any time",
        file: STATE,
        find: " && !self.is_risky(held, now);",
        replace: " && !(false && self.is_risky(held, now));",
        target: "--test auth",
        test: "tokens::t07_a_token_that_still_works_is_not_put_at_risk",
    },
    Fault {
        name: "unsaved tokens are lost at the end of a program",
        file: "runtime/src/auth/grant/handle.rs",
        find: "if rests && self.0.state().unsaved {",
        replace: "if rests && self.0.state().unsaved && false {",
        target: "--test auth",
        test: "recovery::t08_what_the_store_did_not_take_is_saved_before_the_end",
    },
    Fault {
        name: "unsaved tokens are not waited for",
        file: "runtime/src/auth/grant/waiting.rs",
        find: "&& state.unsaved && !this.tried {",
        replace: "&& state.unsaved && !this.tried && false {",
        target: "--test auth",
        test: "recovery::t08_what_the_store_did_not_take_is_saved_before_the_end",
    },
    Fault {
        name: "a grant made anew is taken for the dead one",
        file: RECORD,
        find: r#"            hash.update(tokens.access.expose());
            hash.update(tokens.refresh.as_ref().map_or("", Secret::expose));
"#,
        replace: "            let _ = tokens;\n",
        target: "--test auth",
        test: "recovery::t10_a_grant_of_the_same_generation_may_be_another_one",
    },
    Fault {
        name: "who waits for a lock that is deleted takes it",
        file: FILE,
        find: "other.and_then(|()| is_at(path, lock).map_err(TryLockError::Error)),",
        replace: "other.map(|()| is_at(path, lock).is_ok()),",
        target: "--lib",
        test: "auth::store::file::tests::t05_who_waits_for_a_lock_that_is_deleted_waits_for_the_new_one",
    },
    Fault {
        name: "a refresh over an older store counts back",
        file: TURN,
        find: "next.generation.max(held_generation(inner).map_or(next.generation, Generation::next));",
        replace: "next.generation.max(Generation::FIRST);",
        target: "--test auth",
        test: "recovery::t09_a_refresh_over_an_older_store_is_newer_than_what_was_used",
    },
    Fault {
        name: "a login over an older store counts back",
        file: TURN,
        find: "before.map(Record::generation).max(held_generation(inner));",
        replace: "before.map(Record::generation);",
        target: "--test auth",
        test: "login::t09_a_login_over_an_older_store_is_newer_than_what_was_used",
    },
    Fault {
        name: "a token endpoint that asks for time gets none",
        file: ANSWER,
        find: "Kind::Limited(retry_after(reply.headers(), now)),",
        replace: "Kind::Limited(retry_after(reply.headers(), now).filter(|_| false)),",
        target: "--test auth",
        test: "recovery::t11_a_service_that_asks_for_time_gets_it",
    },
];
