//! The little of WASI that a plugin gets.
//!
//! A standard library imports files, sockets and streams whether a program uses them or not. So those imports exist,
//! and trap when they are called. Only what is harmless and used by ordinary code (hash maps ask for random numbers,
//! `std::env` for the environment) answers, and the clock stands at the moment of the call.

use wasmtime::component::{Component, Linker, LinkerInstance};

use crate::imports::State;

/// Defines every WASI import of the component: granted or trapping.
pub(crate) fn define(linker: &mut Linker<State>, component: &Component) -> wasmtime::Result<()> {
    let engine = linker.engine().clone();
    for (name, _) in component.component_type().imports(&engine) {
        let Some((interface, _version)) = name.split_once("@0.2.") else {
            continue;
        };
        match interface {
            "wasi:random/insecure-seed" => insecure_seed(&mut linker.instance(name)?)?,
            "wasi:random/random" => random(&mut linker.instance(name)?)?,
            "wasi:cli/environment" => environment(&mut linker.instance(name)?)?,
            "wasi:clocks/monotonic-clock" => monotonic_clock(&mut linker.instance(name)?)?,
            "wasi:clocks/wall-clock" => wall_clock(&mut linker.instance(name)?)?,
            _ => {}
        }
    }
    linker.define_unknown_imports_as_traps(component)
}

fn insecure_seed(instance: &mut LinkerInstance<State>) -> wasmtime::Result<()> {
    instance.func_wrap("insecure-seed", |mut store, ()| {
        store.data_mut().count()?;
        Ok(((getrandom::u64()?, getrandom::u64()?),))
    })
}

fn random(instance: &mut LinkerInstance<State>) -> wasmtime::Result<()> {
    instance.func_wrap("get-random-u64", |mut store, ()| {
        store.data_mut().count()?;
        Ok((getrandom::u64()?,))
    })?;
    instance.func_wrap("get-random-bytes", |mut store, (length,): (u64,)| {
        let state = store.data_mut();
        state.count()?;
        let length = state.output_length(length)?;
        let mut bytes = vec![0; length];
        getrandom::fill(&mut bytes)?;
        Ok((bytes,))
    })
}

fn environment(instance: &mut LinkerInstance<State>) -> wasmtime::Result<()> {
    instance.func_wrap("get-environment", |mut store, ()| {
        store.data_mut().count()?;
        Ok((Vec::<(String, String)>::new(),))
    })?;
    instance.func_wrap("get-arguments", |mut store, ()| {
        store.data_mut().count()?;
        Ok((Vec::<String>::new(),))
    })?;
    instance.func_wrap("initial-cwd", |mut store, ()| {
        store.data_mut().count()?;
        Ok((None::<String>,))
    })
}

fn monotonic_clock(instance: &mut LinkerInstance<State>) -> wasmtime::Result<()> {
    instance.func_wrap("now", |mut store, ()| {
        store.data_mut().count()?;
        Ok((0_u64,))
    })?;
    instance.func_wrap("resolution", |mut store, ()| {
        store.data_mut().count()?;
        Ok((1_u64,))
    })
}

fn wall_clock(instance: &mut LinkerInstance<State>) -> wasmtime::Result<()> {
    use wasmtime::component::{ComponentType, Lower};
    #[derive(ComponentType, Lower)]
    #[component(record)]
    struct Datetime {
        seconds: u64,
        nanoseconds: u32,
    }
    instance.func_wrap("now", |mut store, ()| {
        store.data_mut().count()?;
        let millis = u64::try_from(store.data().now_millis()).unwrap_or(0);
        let nanoseconds = u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000;
        Ok((Datetime {
            seconds: millis / 1000,
            nanoseconds,
        },))
    })?;
    instance.func_wrap("resolution", |mut store, ()| {
        store.data_mut().count()?;
        Ok((Datetime {
            seconds: 0,
            nanoseconds: 1_000_000,
        },))
    })
}
