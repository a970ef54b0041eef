import TestSupport
import Testing

/// That every golden case is there and has a test that compares its values.
@Suite struct GoldenCatalogue {
  @Test func exactlyTheseCasesLieBesideTheTests() throws {
    let own = try GoldenCase.all().filter { !$0.isExternal }.map(\.name)
    let (missing, unknown) = (
      GoldenKind.ownCases.subtracting(own), Set(own).subtracting(GoldenKind.ownCases)
    )
    #expect(missing.isEmpty, "missing: \(missing.sorted())")
    #expect(unknown.isEmpty, "in no list: \(unknown.sorted())")
    #expect(own.count == GoldenKind.ownCases.count)
  }

  @Test func systemsOfCasesAreThoseThatAreBuilt() {
    #expect(Set(GoldenSystems.built.keys) == GoldenKind.systems)
  }

  /// Every case is for something: a built system, a piece, or what is known to be absent.
  @Test func everyCaseIsForSomething() throws {
    for golden in try GoldenCase.all() {
      let kind = try golden.kind
      #expect(kind != nil, "\(golden.testDescription): no test compares this")
      // Nothing that lies here is left for later.
      #expect(
        golden.isExternal || kind.map(GoldenKind.absent.contains) == false,
        "\(golden.testDescription) is not built")
    }
  }

  @Test(
    arguments: [
      ("primitives_losses", nil, "primitives_losses"),
      ("primitives_losses_extreme", nil, "primitives_losses_extreme"),
      ("primitives_attention_masked_2", nil, "primitives_attention_masked"),
      ("another_name", "ple", "ple"), ("csrec_step_t9", "csrec", "csrec_step"),
      ("something_else", "csrec", nil),
    ] as [(String, String?, String?)])
  func theLongestNameCounts(_ name: String, _ system: String?, _ kind: String?) {
    #expect(GoldenKind.of(name, system: system) == kind)
  }

  /// Named in the report, so that nobody takes them for compared.
  @Test(arguments: try GoldenCase.ofAbsent) func notImplemented(_ golden: GoldenCase) throws {
    let kind = try golden.kind ?? ""
    withKnownIssue("\(golden.testDescription): \(kind) is not implemented") {
      Issue.record("\(kind) is not implemented")
    }
  }
}
