import TestSupport
import Testing

/// DB-MTL over several steps.
@Suite struct GoldenDBMTL {
  @Test(arguments: try GoldenCase.of("balancers_sequence")) func sequence(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    for name in try node["expect"].names where name.hasPrefix("db_mtl_sigma") {
      // `db_mtl_sigma0.5_quiet`.
      let sigma = name.split(separator: "_")[2].dropFirst("sigma".count)
      let found = try EntrySequence(
        "db-mtl",
        ["sigma": "\(sigma)", "beta": "\(try node["config"]["db_beta"].number)"],
        inputs: node["inputs"]["steps"].list, isQuiet: name.hasSuffix("quiet"))
      for (step, expected) in zip(found.steps, try node["expect"][name].list) {
        expectClose(step.memory, try expected["buffer"].tensor, name)
        expectClose(step.weights.shared.map(Float.init), try expected["scale"].tensor, name)
        expectClose(step.weights.own.map(Float.init), try expected["head_weights"].tensor, name)
        expectClose(step.combined, try expected["combined"].tensor, name)
      }
    }
  }
}
