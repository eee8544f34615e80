//! The module in two: what the first screen runs, and the rest, which comes while the person reads it.
//!
//! A function of the rest leaves a short one of its name behind, which calls it through a place in the module's table. The
//! second module shares memory, table and globals with the first, and fills those places when it arrives. Whoever calls
//! one before that has it fetched at once, so that it is only ever a question of when the rest comes, never of whether.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, anyhow, ensure};
use walrus::ir::{Call, RefFunc, ReturnCall, UnaryOp, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalKind,
    ImportedFunction, LocalId, Module, ModuleConfig, TableId, ValType,
};

/// Of whom the second module asks what it needs of the first, and the first for the second.
const REST: &str = "rest";
/// The first module's global that tells whether the second has come.
const ARRIVED: &str = "rest_arrived";
/// What the first module calls when it has not.
const FETCH: &str = "fetch";
/// A function of less instructions weighs little more than what it would leave behind.
const SHORT: u64 = 40;

/// The two modules.
pub(super) struct Halves {
    /// What starts.
    pub(super) first: Vec<u8>,
    /// What comes after it.
    pub(super) rest: Vec<u8>,
}

/// Splits a module by the names of its functions.
///
/// # Errors
/// It is no module, has no names, or is not as wasm-bindgen writes it.
pub(super) fn split(module: &[u8]) -> anyhow::Result<Halves> {
    let whole = parse(module)?;
    let rest = rest_of(&whole);
    ensure!(!rest.is_empty(), "the module's functions have no names to split it by");
    let needed = asked_from_outside(&whole, &rest);
    Ok(Halves { first: first_half(module, &rest, &needed)?, rest: rest_half(module, &rest, &needed)? })
}

/// The script beside the module, so that it fetches the second one: when the page asks for it, or at once when a function
/// of it is called before that.
///
/// # Errors
/// The script is not as wasm-bindgen writes it.
pub(super) fn fetching(script: &str) -> anyhow::Result<String> {
    const IMPORTS: &str = r#""./linchpin_bg.js": import0,"#;
    const END: &str = "export { __wbg_init as default };";
    const FETCHING: &str = r#"let restUrl;

function fetchRest() {
    const request = new XMLHttpRequest();
    request.open("GET", restUrl ?? document.querySelector("meta[name=linchpin-module]").dataset.rest, false);
    request.overrideMimeType("text/plain; charset=x-user-defined");
    try {
        request.send();
        const bytes = Uint8Array.from(request.responseText, (byte) => byte.charCodeAt(0) & 255);
        new WebAssembly.Instance(new WebAssembly.Module(bytes), { rest: wasm });
    } catch (error) {
        dispatchEvent(new Event("linchpin-rest-gone"));
        throw error;
    }
    wasm.rest_arrived.value = 1;
}

async function rest(url, integrity) {
    restUrl = url;
    const signal = AbortSignal.timeout(20000);
    await WebAssembly.instantiateStreaming(fetch(url, { integrity, signal }), { rest: wasm });
    wasm.rest_arrived.value = 1;
}

export { __wbg_init as default, rest };"#;
    ensure!(
        script.matches(IMPORTS).count() == 1 && script.matches(END).count() == 1,
        "the script beside the module is not as it should be"
    );
    Ok(script.replace(IMPORTS, &format!("{IMPORTS} rest: {{ fetch: fetchRest }},")).replace(END, FETCHING))
}

fn parse(module: &[u8]) -> anyhow::Result<Module> {
    let config = ModuleConfig::new();
    config.parse(module).map_err(|error| anyhow!("reading the module: {error}"))
}

/// Where a function stands: the same in both halves, since both are read from the same bytes.
fn place(id: FunctionId) -> usize {
    id.index()
}

/// Whether a function belongs to what comes after the search, by its name.
fn is_later(name: &str) -> bool {
    const FIRST: [&str; 4] =
        ["::screens::search", "::screens::consent", "::screens::cover", "::screens::draw::"];
    const LATER: [&str; 23] = [
        "::screens::amounts",
        "::screens::bank_details",
        "::screens::bank_login",
        "::screens::beginnings",
        "::screens::challenges",
        "::screens::choose_account",
        "::screens::countdown",
        "::screens::credentials",
        "::screens::deposits",
        "::screens::done",
        "::screens::draw_later",
        "::screens::manage",
        "::screens::not_listed",
        "::screens::notices",
        "::screens::progress",
        "::connection::",
        "::deposit::",
        "::manage::",
        "::account::",
        // A connection or a deposit where there may be none: in the answers to later calls, and where a session begins at one.
        "boxed::Box<T> as linchpin_protocol::",
        "::LinkedResult",
        "::parts::field",
        "::parts::summary",
    ];
    const LATER_MOVES: [&str; 5] =
        ["::ending::", "::linking::", "::deposits::", "::welcome::", "::not_listed::"];
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let flow = name.contains("linchpin_flow") && has(&LATER_MOVES);
    (has(&LATER) || flow) && !has(&FIRST)
}

/// The functions of the rest: those that are named so, and what only they call; without short ones that the first half
/// asks for. These save nothing, and may stand for many: where the compiler finds the same code twice it keeps one, under
/// either name.
fn rest_of(module: &Module) -> BTreeSet<usize> {
    let mut named: BTreeSet<usize> = module
        .funcs
        .iter()
        .filter(|function| matches!(function.kind, FunctionKind::Local(_)))
        .filter(|function| function.name.as_deref().is_some_and(is_later))
        .map(|function| place(function.id()))
        .collect();
    let short: BTreeSet<usize> = module
        .funcs
        .iter_local()
        .filter(|(_, function)| function.size() < SHORT)
        .map(|(id, _)| place(id))
        .collect();
    loop {
        let rest = with_what_only_they_call(module, named.clone());
        let asked = asked_from_outside(module, &rest);
        let kept: Vec<usize> = asked.into_iter().filter(|function| short.contains(function)).collect();
        if kept.is_empty() {
            return rest;
        }
        named = rest;
        named.retain(|function| !kept.contains(function));
    }
}

fn with_what_only_they_call(module: &Module, mut rest: BTreeSet<usize>) -> BTreeSet<usize> {
    let local = |function: &&walrus::Function| matches!(function.kind, FunctionKind::Local(_));
    let exported: BTreeSet<usize> = module
        .exports
        .iter()
        .filter_map(|export| match export.item {
            ExportItem::Function(id) => Some(place(id)),
            _ => None,
        })
        .collect();
    rest.retain(|function| !exported.contains(function));
    let mut callers = BTreeMap::<usize, BTreeSet<usize>>::new();
    for function in module.funcs.iter().filter(local) {
        for called in calls(function) {
            callers.entry(place(called)).or_default().insert(place(function.id()));
        }
    }
    let mut fixed: BTreeSet<usize> = exported;
    fixed.extend(in_tables(module));
    loop {
        let more: Vec<usize> = module
            .funcs
            .iter()
            .filter(local)
            .map(|function| place(function.id()))
            .filter(|function| !rest.contains(function) && !fixed.contains(function))
            .filter(|function| callers.get(function).is_some_and(|callers| callers.is_subset(&rest)))
            .collect();
        if more.is_empty() {
            return rest;
        }
        rest.extend(more);
    }
}

/// The functions whose addresses stand in a table.
fn in_tables(module: &Module) -> BTreeSet<usize> {
    let lists = module.elements.iter().filter_map(|element| match &element.items {
        ElementItems::Functions(functions) => Some(functions.iter().copied().map(place).collect::<Vec<_>>()),
        ElementItems::Expressions(..) => None,
    });
    lists.flatten().collect()
}

/// What a function calls, or takes the address of, by name.
fn calls(function: &walrus::Function) -> BTreeSet<FunctionId> {
    struct Calls(BTreeSet<FunctionId>);
    impl Visitor<'_> for Calls {
        fn visit_call(&mut self, call: &Call) {
            self.0.insert(call.func);
        }
        fn visit_return_call(&mut self, call: &ReturnCall) {
            self.0.insert(call.func);
        }
        fn visit_ref_func(&mut self, reference: &RefFunc) {
            self.0.insert(reference.func);
        }
    }
    let mut calls = Calls(BTreeSet::new());
    if let FunctionKind::Local(local) = &function.kind {
        dfs_in_order(&mut calls, local, local.entry_block());
    }
    calls.0
}

/// The functions of the rest that the first half calls or has in its table, in order: each gets a place.
fn asked_from_outside(module: &Module, rest: &BTreeSet<usize>) -> Vec<usize> {
    let mut asked: BTreeSet<usize> = in_tables(module).intersection(rest).copied().collect();
    for function in module.funcs.iter().filter(|function| !rest.contains(&place(function.id()))) {
        asked.extend(calls(function).into_iter().map(place).filter(|called| rest.contains(called)));
    }
    asked.into_iter().collect()
}

fn id_of(module: &Module, wanted: usize) -> anyhow::Result<FunctionId> {
    let found = module.funcs.iter().map(walrus::Function::id).find(|id| place(*id) == wanted);
    found.context("a function is in one half and not in the other")
}

fn table_of(module: &Module) -> anyhow::Result<TableId> {
    let table = module.tables.main_function_table().map_err(|error| anyhow!("{error}"))?;
    table.context("the module has no table of functions")
}

/// The first half: the whole, with short functions in place of those of the rest.
fn first_half(module: &[u8], rest: &BTreeSet<usize>, asked: &[usize]) -> anyhow::Result<Vec<u8>> {
    let mut half = parse(module)?;
    let needs = needs_of(&half, rest);
    let table = table_of(&half)?;
    let places = grow(&mut half, table, asked.len())?;
    let arrived = half.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
    half.exports.add(ARRIVED, arrived);
    let nothing = half.types.add(&[], &[]);
    let (fetch, _) = half.add_import_func(REST, FETCH, nothing);
    for (nth, function) in asked.iter().enumerate() {
        let id = id_of(&half, *function)?;
        let ty = half.funcs.get(id).ty();
        let (parameters, results) =
            (half.types.get(ty).params().to_vec(), half.types.get(ty).results().to_vec());
        let arguments: Vec<LocalId> = parameters.iter().map(|kind| half.locals.add(*kind)).collect();
        let mut builder = FunctionBuilder::new(&mut half.types, &parameters, &results);
        let mut body = builder.func_body();
        body.global_get(arrived).unop(UnaryOp::I32Eqz).if_else(
            None,
            |then| {
                then.call(fetch);
            },
            |_| {},
        );
        for argument in &arguments {
            body.local_get(*argument);
        }
        body.i32_const(i32::try_from(places + nth as u64)?).call_indirect(ty, table);
        half.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
    }
    for (nth, need) in needs.iter().enumerate() {
        let name = format!("r{nth}");
        match need {
            Need::Function(function) => {
                let id = id_of(&half, *function)?;
                half.exports.add(&name, id);
            }
            Need::Global(at) => {
                let id = half.globals.iter().nth(*at).context("a global is gone")?.id();
                half.exports.add(&name, id);
            }
        }
    }
    // One of functions, and one of what belongs to the page's script.
    for (nth, table) in half.tables.iter().map(walrus::Table::id).collect::<Vec<_>>().into_iter().enumerate()
    {
        half.exports.add(&format!("t{nth}"), table);
    }
    walrus::passes::gc::run(&mut half);
    Ok(half.emit_wasm())
}

/// Makes room in the table. Answers with the first new place.
fn grow(module: &mut Module, table: TableId, by: usize) -> anyhow::Result<u64> {
    let table = module.tables.get_mut(table);
    let first = table.initial;
    table.initial += u64::try_from(by)?;
    table.maximum = table.maximum.map(|most| most.max(table.initial));
    Ok(first)
}

/// What the rest uses of the first half.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Need {
    Function(usize),
    /// By its order.
    Global(usize),
}

fn needs_of(module: &Module, rest: &BTreeSet<usize>) -> BTreeSet<Need> {
    let mut needs = BTreeSet::new();
    for function in module.funcs.iter().filter(|function| rest.contains(&place(function.id()))) {
        let called = calls(function).into_iter().map(place);
        needs.extend(called.filter(|called| !rest.contains(called)).map(Need::Function));
    }
    needs.extend((0..module.globals.iter().count()).map(Need::Global));
    needs
}

/// The rest: its functions, and everything else asked of the first half.
fn rest_half(module: &[u8], rest: &BTreeSet<usize>, asked: &[usize]) -> anyhow::Result<Vec<u8>> {
    let mut half = parse(module)?;
    let needs = needs_of(&half, rest);
    let table = table_of(&half)?;
    let places = grow(&mut half, table, asked.len())?;
    half.start = None;
    let exports: Vec<_> = half.exports.iter().map(walrus::Export::id).collect();
    exports.into_iter().for_each(|id| half.exports.delete(id));
    let data: Vec<_> = half.data.iter().map(walrus::Data::id).collect();
    for memory in half.memories.iter_mut() {
        memory.data_segments.clear();
    }
    data.into_iter().for_each(|id| half.data.delete(id));
    let elements: Vec<_> = half.elements.iter().map(walrus::Element::id).collect();
    for table in half.tables.iter_mut() {
        table.elem_segments.clear();
    }
    elements.into_iter().for_each(|id| half.elements.delete(id));

    for (nth, need) in needs.iter().enumerate() {
        let name = format!("r{nth}");
        match need {
            Need::Function(function) => {
                let id = id_of(&half, *function)?;
                let ty = half.funcs.get(id).ty();
                if let FunctionKind::Import(import) = &half.funcs.get(id).kind {
                    let import = half.imports.get_mut(import.import);
                    (import.module, import.name) = (REST.to_owned(), name);
                } else {
                    let import = half.imports.add(REST, &name, id);
                    half.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
                }
            }
            Need::Global(at) => {
                let id = half.globals.iter().nth(*at).context("a global is gone")?.id();
                let import = half.imports.add(REST, &name, id);
                half.globals.get_mut(id).kind = GlobalKind::Import(import);
            }
        }
    }
    let memory = half.memories.iter().next().context("the module has no memory")?.id();
    let import = half.imports.add(REST, "memory", memory);
    half.memories.get_mut(memory).import = Some(import);
    for (nth, table) in half.tables.iter().map(walrus::Table::id).collect::<Vec<_>>().into_iter().enumerate()
    {
        let import = half.imports.add(REST, &format!("t{nth}"), table);
        half.tables.get_mut(table).import = Some(import);
    }
    let functions = asked.iter().map(|function| id_of(&half, *function)).collect::<Result<Vec<_>, _>>()?;
    let offset = ConstExpr::Value(Value::I32(i32::try_from(places)?));
    let filled = half.elements.add(ElementKind::Active { table, offset }, ElementItems::Functions(functions));
    half.tables.get_mut(table).elem_segments.insert(filled);
    walrus::passes::gc::run(&mut half);
    Ok(half.emit_wasm())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;
    use walrus::RefType;
    use walrus::ir::BinaryOp;

    const LATER: &str = "linchpin::screens::amounts::draw::h0123456789abcdef";
    const LATER_IN_TABLE: &str = "linchpin::screens::done::draw::h0123456789abcdef";
    const ONLY_OF_LATER: &str = "core::fmt::double::h0123456789abcdef";
    const SHORT_LATER: &str = "linchpin::screens::done::told::h0123456789abcdef";
    const OF_BOTH: &str = "core::fmt::more::h0123456789abcdef";

    /// A module as small as one can be that has all that is shared: memory, a table, a global, imports, and functions that
    /// both halves, one of them, or the table alone use.
    fn module() -> Vec<u8> {
        let mut module = Module::with_config(ModuleConfig::new());
        let memory = module.memories.add_local(false, false, 1, None, None);
        module.exports.add("memory", memory);
        let count = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
        let ty = module.types.add(&[ValType::I32], &[ValType::I32]);
        let (seen, _) = module.add_import_func("page", "seen", ty);

        let mut add = |name: &str, body: &dyn Fn(&mut walrus::InstrSeqBuilder<'_>, LocalId)| {
            let x = module.locals.add(ValType::I32);
            let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
            body(&mut builder.func_body(), x);
            let id = builder.finish(vec![x], &mut module.funcs);
            module.funcs.get_mut(id).name = Some(name.to_owned());
            id
        };
        let more = add(OF_BOTH, &|body, x| {
            body.local_get(x).i32_const(1).binop(BinaryOp::I32Add);
        });
        let double = add(ONLY_OF_LATER, &|body, x| {
            body.local_get(x).i32_const(2).binop(BinaryOp::I32Mul);
        });
        let later = add(LATER, &|body, x| {
            body.global_get(count).i32_const(1).binop(BinaryOp::I32Add).global_set(count);
            lengthen(body);
            body.local_get(x).call(more).call(double).call(seen);
        });
        let short = add(SHORT_LATER, &|body, x| {
            body.local_get(x);
        });
        let listed = add(LATER_IN_TABLE, &|body, x| {
            lengthen(body);
            body.local_get(x).call(more).call(more);
        });
        let run = add("run", &|body, x| {
            body.local_get(x).call(later).call(short).call(more);
        });
        let counted = add("counted", &|body, _| {
            body.global_get(count);
        });
        let table = module.tables.add_local(false, 1, Some(1), RefType::FUNCREF);
        let offset = ConstExpr::Value(Value::I32(0));
        let listed = ElementItems::Functions(vec![listed]);
        let listed = module.elements.add(ElementKind::Active { table, offset }, listed);
        module.tables.get_mut(table).elem_segments.insert(listed);
        module.exports.add("table", table);
        module.exports.add("run", run);
        module.exports.add("counted", counted);
        module.emit_wasm()
    }

    /// Instructions that do nothing, so that a function is worth a place in the rest.
    fn lengthen(body: &mut walrus::InstrSeqBuilder<'_>) {
        for _ in 0..SHORT {
            body.i32_const(0).drop();
        }
    }

    fn names(module: &[u8], local: bool) -> BTreeSet<String> {
        let module = parse(module).expect("it is a module");
        let is_local =
            |function: &&walrus::Function| matches!(function.kind, FunctionKind::Local(_)) == local;
        module.funcs.iter().filter(is_local).filter_map(|function| function.name.clone()).collect()
    }

    #[test]
    fn the_rest_holds_what_is_named_so_and_what_only_that_calls() {
        let Halves { rest, .. } = split(&module()).expect("it has names");
        let expected = [LATER, LATER_IN_TABLE, ONLY_OF_LATER].map(str::to_owned);
        assert_eq!(names(&rest, true), expected.into(), "{SHORT_LATER} saves nothing");
        let first = parse(&split(&module()).expect("it has names").first).expect("it is a module");
        assert!(first.funcs.iter().all(|function| function.name.as_deref() != Some(ONLY_OF_LATER)));
    }

    #[test]
    fn a_module_without_names_or_without_a_table_is_refused() {
        assert!(split(b"no module").is_err());
        let mut nameless = parse(&module()).expect("it is a module");
        for function in nameless.funcs.iter_mut() {
            function.name = None;
        }
        assert!(split(&nameless.emit_wasm()).is_err());
    }

    #[test]
    fn both_halves_do_together_what_the_whole_does_whenever_the_rest_comes() {
        let folder = tempfile::tempdir().expect("a folder");
        let Halves { first, rest } = split(&module()).expect("it has names");
        let script = r#"
            import { readFileSync } from "node:fs";
            const load = (name) => new WebAssembly.Module(readFileSync(name));
            const page = { seen: (x) => x };
            const told = (wasm) => [wasm.run(20), wasm.run(1), wasm.table.get(0)(5), wasm.counted(0)];
            const whole = new WebAssembly.Instance(load("whole.wasm"), { page }).exports;
            const halves = (early) => {
                let fetched = 0;
                const bring = () => {
                    new WebAssembly.Instance(load("rest.wasm"), { rest: wasm });
                    wasm.rest_arrived.value = 1;
                };
                const fetch = () => { fetched += 1; bring(); };
                const wasm = new WebAssembly.Instance(load("first.wasm"), { page, rest: { fetch } }).exports;
                if (!early) bring();
                return [...told(wasm), fetched];
            };
            console.log(JSON.stringify([told(whole), halves(true), halves(false)]));"#;
        for (name, bytes) in [("whole.wasm", &module()), ("first.wasm", &first), ("rest.wasm", &rest)] {
            std::fs::write(folder.path().join(name), bytes).expect("it is written");
        }
        std::fs::write(folder.path().join("run.mjs"), script).expect("it is written");
        let output =
            Command::new("node").arg("run.mjs").current_dir(folder.path()).output().expect("Node is here");
        let told = String::from_utf8_lossy(&output.stdout);
        let why = String::from_utf8_lossy(&output.stderr);
        assert_eq!(told.trim(), "[[43,5,7,2],[43,5,7,2,1],[43,5,7,2,0]]", "{why}");
    }

    #[test]
    fn a_script_of_another_make_is_refused() {
        let script = "const imports = {\n\"./linchpin_bg.js\": import0,};\nexport { __wbg_init as default };";
        let fetching = fetching(script).expect("it is as wasm-bindgen writes it");
        assert!(fetching.contains("rest: { fetch: fetchRest }"), "{fetching}");
        assert!(fetching.ends_with("export { __wbg_init as default, rest };"), "{fetching}");
        assert!(super::fetching("export { start as default };").is_err());
    }
}
