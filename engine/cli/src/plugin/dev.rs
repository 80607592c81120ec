//! `kapok plugin dev`: a server of one's own that gets the plugin anew whenever its sources change.

use std::{path::Path, process::ExitCode, thread, time::Duration};

use kapok::{Kapok, Settings};
use tokio::{net::TcpListener, runtime::Runtime};
use tracing_subscriber::EnvFilter;

use super::{build, project::Project};
use crate::{built_in, commands::Dev, demo};

/// How often the sources are looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Serves the sample company with the plugin, until it is interrupted.
pub(super) fn dev(options: &Dev) -> Result<ExitCode, String> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,kapok=debug"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let project = Project::read(&options.folder)?;
    let data = options
        .data
        .clone()
        .unwrap_or_else(|| options.folder.join("target/kapok-dev-data"));
    let settings = Settings {
        shorten: demo::SHORTEN,
        ..Settings::default()
    };
    // A plugin of the program's own with this name would stand in its way.
    let others = built_in::plugins()
        .into_iter()
        .filter(|source| !is_of(&source.manifest, &project.manifest.id));
    let opened = Kapok::builder()
        .settings(settings)
        .plugins(others.collect())
        .open(&data);
    let kapok = opened.map_err(|error| format!("{}: {error}", data.display()))?;
    demo::fill(&kapok)?;
    reload(&kapok, &options.folder);

    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let listener = runtime
        .block_on(TcpListener::bind(options.listen))
        .map_err(|error| format!("{}: {error}", options.listen))?;
    println!(
        "Kapok: http://{}",
        listener.local_addr().map_err(|error| error.to_string())?
    );
    demo::introduce(&kapok, &data.join("sent-mail"), &data.join("sent-sms"));
    println!(
        "修改源文件后自动重新构建并载入；Ctrl+C 结束 / changed sources are built and loaded again; Ctrl+C ends it"
    );
    watch(kapok.clone(), options.folder.clone());
    let config = kapok_server::Config {
        demo: true,
        ..kapok_server::Config::default()
    };
    let stopped = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    runtime
        .block_on(kapok_server::serve(kapok, config, listener, stopped))
        .map_err(|error| error.to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn is_of(manifest: &str, id: &str) -> bool {
    kapok::Manifest::parse("plugin.toml", manifest).is_ok_and(|manifest| manifest.id == id)
}

/// Looks for changed sources until the program ends.
fn watch(kapok: Kapok, folder: std::path::PathBuf) {
    thread::spawn(move || {
        let changed = || Project::read(&folder).ok().and_then(|project| project.changed_at());
        let mut known = changed();
        loop {
            thread::sleep(LOOK);
            let now = changed();
            if now.is_some() && now != known {
                known = now;
                reload(&kapok, &folder);
            }
        }
    });
}

/// Builds the plugin and installs it; what is wrong with it is said, and the version before goes on.
fn reload(kapok: &Kapok, folder: &Path) {
    let done = build::build(folder).and_then(|file| {
        let package = kapok::PluginPackage::read_file(&file).map_err(|error| error.to_string())?;
        kapok
            .install_plugin(&package, None, true)
            .map_err(|error| error.to_string())
    });
    match done {
        Ok(state) => println!("{} {} 已载入 / is loaded", state.id, state.version),
        Err(error) => eprintln!("{error}"),
    }
}
