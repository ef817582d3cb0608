use std::time::Instant;
use sage_codegen::{config::ApiConfig, coverage, diagnostic::Diagnostics, ir, normalize::normalize, source::Source};
#[test]
fn vendor() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    for api in std::env::var("APIS").unwrap_or("sage-200".into()).split(',') {
        let config: ApiConfig = toml::from_str(&std::fs::read_to_string(root.join(api).join("api.toml")).unwrap()).unwrap();
        let mut files: Vec<_> = match api {
            "sage-200" => std::fs::read_dir("/work/shared/vendor/sage-200").unwrap().map(|f| f.unwrap().path()).collect(),
            "accounting" => vec!["/work/shared/vendor/accounting-v3.1.swagger.json".into(), "/work/shared/vendor/accounting-v3.1-businesses.swagger.json".into()],
            _ => vec!["/work/shared/vendor/accounting-v3-uki.swagger.json".into()],
        };
        files.sort();
        let sources: Vec<Source> = files.iter().map(|f| Source::read(f.file_name().unwrap().to_str().unwrap(), &std::fs::read_to_string(f).unwrap()).unwrap()).collect();
        let mut d = Diagnostics::new();
        let t = Instant::now();
        let (api, cov) = normalize(&sources, &config, &mut d);
        eprintln!("{:?}", t.elapsed());
        for (n, p) in cov.parts() { eprintln!("{n} doc {} emitted {} skipped {} unaccounted {}", p.documented, p.emitted, p.skipped.len(), p.unaccounted.len()); for s in p.skipped.iter().take(5) { eprintln!("   - {} {}", s.place, s.reason) } for s in p.unaccounted.iter().take(5) { eprintln!("   ! {s}") } }
        eprintln!("{} schemas", api.schemas.len());
        let mut counts = std::collections::BTreeMap::new();
        for x in d.into_vec() { let e = counts.entry(x.code.id()).or_insert((0, x.severity.name(), x.message.clone(), x.place.clone().map(|p| p.to_string()))); e.0 += 1; }
        for (c, x) in counts { eprintln!("{c} {x:?}"); }
        std::fs::write(format!("/tmp/ir-{}.json", api.module), ir::dump(&api)).unwrap();
        std::fs::write(format!("/tmp/cov-{}.json", api.module), coverage::to_json(&[cov])).unwrap();
    }
}
