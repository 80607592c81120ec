//! The scenarios of the plugins that ship and of the examples, by the real program, with their components as `cargo xtask plugins`
//! has built them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const KAPOK: &str = env!("CARGO_BIN_EXE_kapok");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A plugin's folder beside what was built of it, as its author has them.
fn project(folder: &Path, built: &Path, to: &Path) {
    let copy = |from: PathBuf, to: PathBuf| {
        let told = |error| panic!("{} ({error}): run `cargo xtask plugins` once", from.display());
        fs::copy(&from, to).unwrap_or_else(told);
    };
    for part in ["tests", "dist"] {
        fs::create_dir_all(to.join(part)).expect("a folder");
    }
    copy(folder.join("plugin.toml"), to.join("plugin.toml"));
    copy(built.join("plugin.wasm"), to.join("dist/plugin.wasm"));
    for file in fs::read_dir(folder.join("tests")).expect("scenarios").flatten() {
        copy(file.path(), to.join("tests").join(file.file_name()));
    }
}

fn test(folder: &Path) -> (bool, String) {
    let done = Command::new(KAPOK)
        .args(["plugin", "test", "--no-build"])
        .arg(folder)
        .output()
        .expect("runs");
    let told = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (done.status.success(), told.concat())
}

#[test]
fn the_sms_plugin_does_what_its_scenarios_say() {
    let to = tempfile::tempdir().expect("a folder");
    project(
        &root().join("plugins/sms-http"),
        &root().join("plugins/dist/sms-http"),
        to.path(),
    );
    let (passed, told) = test(to.path());
    assert!(passed, "{told}");
    assert!(told.contains("ok      not-allowed.toml"), "{told}");
}

#[test]
fn tasks_about_customers_go_to_who_is_in_charge() {
    let to = tempfile::tempdir().expect("a folder");
    project(
        &root().join("plugins/customers"),
        &root().join("plugins/dist/customers"),
        to.path(),
    );
    let (passed, told) = test(to.path());
    assert!(passed, "{told}");
    assert!(told.contains("ok      assignees.toml"), "{told}");
}

#[test]
fn so_does_the_one_that_signs_people_in() {
    let to = tempfile::tempdir().expect("a folder");
    project(
        &root().join("plugins/wecom"),
        &root().join("plugins/dist/wecom"),
        to.path(),
    );
    let (passed, told) = test(to.path());
    assert!(passed, "{told}");
    for file in ["signing-in.toml", "organisation.toml"] {
        assert!(told.contains(&format!("ok      {file}")), "{told}");
    }
    // What comes in another way than a step says is told.
    let file = to.path().join("tests/signing-in.toml");
    let text = fs::read_to_string(&file).expect("reads");
    fs::write(&file, text.replace("identity = \"ZhangSan\"", "identity = \"LiSi\"")).expect("writes");
    let (passed, told) = test(to.path());
    assert!(!passed && told.contains("\"ZhangSan\" instead of \"LiSi\""), "{told}");
}

#[test]
fn what_does_not_come_as_expected_fails_and_is_said() {
    let settings = "[settings]\nurl = '$server/sms'\naccess_key = 'a'\nsecret = 's'\nsignature = 'x'\n";
    let cases = [
        (
            "answers = [{ body = { id = 'a1' } }]\nreceipt = 'a2'\n",
            "a1 instead of a2",
        ),
        ("answers = [{ status = 503 }]\n", "Retry"),
        ("answers = [{ status = 503 }]\nfailed = 'unknown'\n", "Retry"),
        (
            "answers = [{ status = 503 }]\nfailed = 'retry'\nsays = 'never'\n",
            "Retry",
        ),
        (
            "answers = [{ body = { id = 'a1' } }]\nfailed = 'retry'\n",
            "it was sent",
        ),
        ("failed = 'retry'\n", "no answer to POST /sms"),
        (
            "answers = [{ body = { id = 'a1' } }, {}]\n",
            "1 of the answers were not asked for",
        ),
        (
            "answers = [{ body = { id = 'a1' } }]\nrequests = [{ body = { text = 'U' } }]\n",
            "instead of {\"text\": \"U\"}",
        ),
        (
            "answers = [{ body = { id = 'a1' } }]\nrequests = [{ path = '/' }]\n",
            "path /sms instead of /",
        ),
        (
            "answers = [{ body = { id = 'a1' } }]\nrequests = []\n",
            "1 requests instead of 0",
        ),
    ];
    let steps = cases.iter().enumerate().map(|(index, (rest, _))| {
        format!(
            "[[steps]]\nname = 'case {index}'\nsend = {{ channel = 'sms', recipient = '13800000000', text = 'T' }}\n{rest}"
        )
    });
    let to = tempfile::tempdir().expect("a folder");
    project(
        &root().join("plugins/sms-http"),
        &root().join("plugins/dist/sms-http"),
        to.path(),
    );
    for name in ["sending.toml", "not-allowed.toml"] {
        fs::remove_file(to.path().join("tests").join(name)).expect("was there");
    }
    let file = to.path().join("tests/wrong.toml");
    fs::write(file, format!("{settings}{}", steps.collect::<String>())).expect("writes");
    let (passed, told) = test(to.path());
    assert!(!passed, "{told}");
    for (index, (_, why)) in cases.iter().enumerate() {
        let begin = format!("failed  wrong.toml: case {index}\n");
        let failed = told.split(&begin).nth(1).unwrap_or_default();
        let failed = failed.split("failed  ").next().unwrap_or_default();
        assert!(failed.contains(why), "{index}: {told}");
    }
}
