//! A world for plugins to run in.

mod component;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

#[allow(unused_imports, reason = "not every test file needs it")]
pub use component::{WELL, component, component_with};
use kapok_plugin_host::{
    Aggregate, AggregateRow, Call, Denial, FetchError, HostServices, HttpRequest, HttpResponse, Limits, LoadError,
    LogLevel, Manifest, OpenTask, Plugin, PluginHost, RecordQuery, Save, ServiceJob,
};
use kapok_protocol::{Entity, Principal, Record, RecordId, RecordRef, Timestamp, Value};

/// What remembers everything that plugins did.
#[derive(Default)]
pub struct World {
    pub requests: Mutex<Vec<HttpRequest>>,
    pub lines: Mutex<Vec<String>>,
    pub records: BTreeMap<RecordRef, Record>,
}

impl HostServices for World {
    fn record(&self, record: &RecordRef) -> Result<Option<Record>, Denial> {
        Ok(self.records.get(record).cloned())
    }

    fn query(&self, query: &RecordQuery) -> Result<Vec<Record>, Denial> {
        let of = self.records.iter().filter(|(record, _)| record.entity == query.entity);
        Ok(of.take(query.limit).map(|(_, record)| record.clone()).collect())
    }

    fn aggregate(&self, _: &Aggregate) -> Result<Vec<AggregateRow>, Denial> {
        Ok(Vec::new())
    }

    fn tasks(&self) -> Result<Vec<OpenTask>, Denial> {
        Ok(Vec::new())
    }

    fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        self.requests.lock().unwrap().push(request);
        Ok(HttpResponse {
            status: 200,
            headers: vec![],
            body: br#"{"id":"a1"}"#.to_vec(),
        })
    }

    fn log(&self, plugin: &str, _: LogLevel, message: &str) {
        self.lines.lock().unwrap().push(format!("{plugin}: {message}"));
    }
}

/// A host whose memory limit is reached soon. Time is ample, so that a slow machine fails no test.
pub fn host() -> PluginHost {
    PluginHost::new(Limits {
        memory: 4 << 20,
        hook_time: Duration::from_secs(60),
        ..Limits::default()
    })
    .unwrap()
}

/// Loads a plugin that was granted all that it asks for.
pub fn load(host: &PluginHost, manifest: Manifest, component: Option<&[u8]>) -> Result<Plugin, LoadError> {
    let granted = manifest.capabilities.clone();
    host.load(manifest, &granted, component)
}

pub fn call(world: &Arc<World>) -> Call {
    Call {
        principal: Principal::System,
        now: Timestamp::from_millis(1_795_420_800_000),
        settings: Arc::default(),
        services: world.clone(),
    }
}

/// A call with these settings.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn call_with(world: &Arc<World>, settings: &[(&str, &str)]) -> Call {
    let settings = settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Call {
        settings: Arc::new(settings),
        ..call(world)
    }
}

/// A manifest of a plugin `test` with everything declared.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn manifest(capabilities: &str) -> Manifest {
    Manifest::parse("plugin.toml", &manifest_text(capabilities)).unwrap()
}

/// Its text.
pub fn manifest_text(capabilities: &str) -> String {
    format!(
        "[plugin]\nid = 'test'\nversion = '0.1.0'\nlabel = {{ zh = '试', en = 'Test' }}\n\
         [capabilities]\n{capabilities}\n[hooks]\nbefore_save = ['test.thing']\n\
         [handlers.'test.run']\nlabel = {{ zh = '跑', en = 'Run' }}\n\
         [channels.sms]\nlabel = {{ zh = '短信', en = 'SMS' }}\n\
         [identity_sources.door]\nlabel = {{ zh = '门', en = 'Door' }}\nsign_in = true\n"
    )
}

pub fn save(entity: &str, fields: &str) -> Save {
    Save {
        entity: Entity::new(entity),
        before: None,
        after: value(fields),
    }
}

pub fn job(handler: &str, inputs: &str) -> ServiceJob {
    ServiceJob {
        handler: handler.to_owned(),
        key: "7".to_owned(),
        inputs: value(inputs),
    }
}

pub fn value(json: &str) -> BTreeMap<String, Value> {
    serde_json::from_str(json).unwrap()
}

#[allow(dead_code, reason = "not every test file needs it")]
pub fn record(id: u64, fields: &str) -> Record {
    Record {
        id: RecordId::new(id).unwrap(),
        version: 1,
        owner: None,
        created_at: Timestamp::from_millis(0),
        created_by: None,
        updated_at: Timestamp::from_millis(0),
        fields: value(fields),
    }
}
