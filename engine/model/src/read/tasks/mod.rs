//! Tasks (BPMN 2.0.2, 10.3.3) and call activities (10.3.6).

mod call;
mod decision;
mod message;
mod request;
mod script;
mod service;
pub(super) mod tell;
mod user;

pub(super) use call::read_call_activity;
pub(super) use decision::{check_decision, read_business_rule_task};
pub(super) use message::{read_receive_task, read_send_task};
pub(super) use script::read_script_task;
pub(super) use service::{check_handler, new_external, new_handler, read_service_task};
pub(super) use user::read_user_task;
